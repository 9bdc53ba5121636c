"""Rewrites a regular expression of a registry schema (ECMA 262) for the crate `regex-lite`.

`regex-lite` has no Unicode classes and no look-around. A class becomes the ASCII that it holds and,
where that widens the language, every character beyond ASCII: the check may pass what AWS refuses but
never refuses what AWS passes. What cannot be said stays as it is: the checker skips what does not
compile.
"""

import re

BEYOND_ASCII = r"\x{80}-\x{10FFFF}"
ASCII_OF = {
    "L": "A-Za-z", "N": "0-9", "Z": " ", "Zs": " ", "M": "", "Cf": "", "C": r"\x00-\x1F\x7F",
    "Cc": r"\x00-\x1F\x7F", "P": r"!-#%-*,-/:;?@\[-\]_{}", "S": r"$+<->\^`|~",
    "Alnum": "A-Za-z0-9", "ASCII": r"\x00-\x7F", "Print": " -~", "Graph": "!-~",
}  # fmt: skip
SURROGATES = re.compile(
    r"\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w-\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w"
    r"|\\u[dD]800\\u[dD][bB][fF]{2}-\\u[dD][cC]00\\u[dD][fF]{3}"
)
TOKEN = re.compile(
    r"\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\x\{\w+\}|\\p\{\w+\}|\\[wds]-|\\.|\[\^?|.", re.DOTALL
)


def to_rust(pattern: str) -> str:
    r"""The same language, or a wider one.

    >>> to_rust(r"^[\p{L}_.:/=+\-@]*$")
    '^[A-Za-z\\x{80}-\\x{10FFFF}_.:/=+\\-@]*$'
    >>> to_rust(r"[^\p{C}]"), to_rust(r"[]a]"), to_rust(r"[\w-.]")
    ('[^\\x00-\\x1F\\x7F]', '[\\]a]', '[\\w\\-.]')
    """
    written, opening, first = [], "", False
    for token in TOKEN.findall(SURROGATES.sub(r"\\x{10000}-\\x{10FFFF}", pattern)):
        if not opening:
            written.append(outside(token))
            opening = token if token.startswith("[") else ""
            first = True
        elif token == "]" and not first:
            written.append(token)
            opening = ""
        else:
            written.append(in_brackets(token, BEYOND_ASCII if opening == "[" else ""))
            first = False
    return "".join(written)


def outside(token: str) -> str:
    if token.startswith(r"\p") and token[3:-1] in ASCII_OF:
        return f"[{ASCII_OF[token[3:-1]]}{BEYOND_ASCII}]"
    return {r"\Z": r"\z", r"\/": "/"}.get(token, token)


def in_brackets(token: str, beyond: str) -> str:
    if token.startswith(r"\p") and token[3:-1] in ASCII_OF:
        return ASCII_OF[token[3:-1]] + beyond
    if token[0] in "[]&~":
        return "\\" + token
    if len(token) == 3 and token.endswith("-"):  # `[\w-.]`: here the hyphen stands for itself
        return token[:2] + r"\-"
    return {r"\/": "/", r"\b": r"\x08"}.get(token, token)
