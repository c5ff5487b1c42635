"""The gRPC transport: generic handlers, as the client package ships no servicer."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import grpc
from grpc import StatusCode

from infra.local.emulators.tasks.messages import Message
from infra.local.emulators.tasks.refusals import AnswerLost, Refusal
from infra.local.emulators.tasks.service import Method

_SERVICE = "google.cloud.tasks.v2.CloudTasks"
_THREADS = 32


def serve(methods: Mapping[str, Method], address: str) -> grpc.Server:
    """Start to answer at `address` (host:port); raises RuntimeError when the port is taken."""
    options = [("grpc.so_reuseport", 0)]  # a second emulator on the port is an error, not a partner
    server = grpc.server(ThreadPoolExecutor(_THREADS, thread_name_prefix="grpc"), options=options)
    handlers = {name: _handler(method) for name, method in methods.items()}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, handlers),))
    server.add_insecure_port(address)
    server.start()
    return server


def _handler(method: Method) -> grpc.RpcMethodHandler:
    return grpc.unary_unary_rpc_method_handler(
        _answer(method),
        request_deserializer=method.request.FromString,
        response_serializer=method.response.SerializeToString,
    )


def _answer(method: Method) -> Callable[[Message, grpc.ServicerContext], Message]:
    def answer(request: Message, context: grpc.ServicerContext) -> Message:
        try:
            return method.call(request)
        except Refusal as refusal:
            context.abort(refusal.code, refusal.message)
        except AnswerLost:
            context.abort(
                StatusCode.UNAVAILABLE, "Socket closed"
            )  # what a client sees when the connection breaks

    return answer
