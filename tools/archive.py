"""Writes the container that `src/aws/archive.rs` reads: many small JSON documents, each readable alone.

Little-endian u32 throughout: the count; the length of the dictionary; for each document, sorted by
name, the end of its name, the end of its block and its inflated length; the names; the dictionary;
the blocks. Every block is raw deflate primed with the same dictionary, because the documents are
small and much alike.
"""

import json
import struct
import zlib
from collections import Counter
from pathlib import Path

WINDOW = 32 * 1024  # what deflate can look back


def write(path: Path, documents: dict[str, object]) -> None:
    """Packs the documents; the same documents give the same bytes under one version of zlib."""
    texts = {name: dump(documents[name]) for name in sorted(documents)}
    dictionary = shared_text(documents)
    blocks = [deflate(text.encode(), dictionary) for text in texts.values()]
    names = [name.encode() for name in texts]
    index, name_end, block_end = b"", 0, 0
    for name, text, block in zip(names, texts.values(), blocks):
        name_end += len(name)
        block_end += len(block)
        index += struct.pack("<III", name_end, block_end, len(text.encode()))
    head = struct.pack("<II", len(names), len(dictionary))
    path.write_bytes(head + index + b"".join(names) + dictionary + b"".join(blocks))
    print(f"{path}: {len(names)} documents, {path.stat().st_size} bytes")


def dump(value: object) -> str:
    """The shortest JSON of a value."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def deflate(data: bytes, dictionary: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=dictionary)
    return packer.compress(data) + packer.flush()


def shared_text(documents: dict[str, object]) -> bytes:
    """The pieces that most documents share, the most valuable last, where deflate reaches them cheapest."""
    seen = Counter(piece for document in documents.values() for piece in set(pieces(document)))
    worth = {piece: (count - 1) * len(piece) for piece, count in seen.items() if count > 1}
    chosen: list[str] = []
    size = 0
    for piece in sorted(worth, key=lambda piece: (-worth[piece], piece)):
        if size + len(piece.encode()) <= WINDOW and not any(piece in other for other in chosen):
            chosen.append(piece)
            size += len(piece.encode())
    return "".join(reversed(chosen)).encode()


def pieces(value: object):
    """The text of every member of every object in a document."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield f"{dump(key)}:{dump(child)},"
            yield from pieces(child)
    elif isinstance(value, list):
        for child in value:
            yield dump(child) + ","
            yield from pieces(child)
