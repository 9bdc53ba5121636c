//! Modules that make no calls to AWS that the code does not show.

/// Modules of the standard library (`sys.stdlib_module_names` of Python 3.11 to 3.13), boto3's own, and what types need.
/// `subprocess` is not among them.
const KNOWN: &str = "\
    __future__ abc aifc annotationlib argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb \
    binascii bisect boto3 botocore builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop \
    collections colorsys compileall concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes \
    curses dataclasses datetime dbm decimal difflib dis distutils doctest email encodings enum errno faulthandler \
    fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib \
    grp gzip hashlib heapq hmac html http imaplib imghdr imp importlib inspect io ipaddress itertools jmespath \
    json keyword linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib \
    msvcrt multiprocessing mypy_boto3 netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os \
    ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint \
    profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib \
    resource rlcompleter runpy s3transfer sched secrets select selectors shelve shlex shutil signal site smtpd \
    smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string \
    stringprep struct sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap \
    threading time timeit token tokenize tomllib trace traceback tracemalloc tty types typing typing_extensions \
    unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml \
    xmlrpc zipapp zipfile zipimport zlib zoneinfo";

/// Modules of botocore with which code signs requests itself.
const SIGNING: [&str; 3] = ["botocore.auth", "botocore.awsrequest", "botocore.httpsession"];

/// Tells whether importing `path` hides no call.
pub(super) fn is_known(path: &str) -> bool {
    let top = path.split('.').next().unwrap_or_default();
    let is_typing = top.starts_with("mypy_boto3_") || top.starts_with("types_boto3_");
    let is_signing = SIGNING.iter().any(|module| path.starts_with(module));
    (is_typing || KNOWN.split(' ').any(|known| known == top)) && !is_signing
}
