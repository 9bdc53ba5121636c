"""Moto's server on a free port of the loopback, in a thread, with answers of AWS that a scenario asks for."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from moto import backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from faults import Faults, take

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
FORM = "application/x-www-form-urlencoded"


class Server:
    """It serves until it is stopped."""

    def __init__(self, faults: Faults) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        # Moto lists its folders anew for each request.
        names = sorted(backends.list_of_moto_modules())
        vars(backends)["list_of_moto_modules"] = lambda: names
        self.faults = faults
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=MotoRequestHandler)
        self.endpoint = f"http://127.0.0.1:{self._server.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()

    def _answer(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        code = take(self.faults.answers, _operation(environ, body))
        if code is None:
            answer: Iterable[bytes] = self._moto(environ, start_response)
            return answer
        start_response("400 Bad Request", [("Content-Type", environ.get("CONTENT_TYPE", ""))])
        return [_error(environ, code)]


def _operation(environ: Environ, body: bytes) -> str:
    """The operation: services with a JSON protocol name it in a header, those with a query protocol in the body."""
    target: str = environ.get("HTTP_X_AMZ_TARGET", "")
    if target or environ.get("CONTENT_TYPE", "").split(";")[0] != FORM:
        return target.rpartition(".")[2]
    return parse_qs(body.decode()).get("Action", [""])[0]


def _error(environ: Environ, code: str) -> bytes:
    if "HTTP_X_AMZ_TARGET" in environ:
        return json.dumps({"__type": code, "message": "injected"}).encode()
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>injected</Message></Error>"
    return f"<ErrorResponse>{error}<RequestId>injected</RequestId></ErrorResponse>".encode()
