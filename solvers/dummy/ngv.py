"""A solver's way into a coupled run from Python: a thin layer over ngv.h, with ctypes alone.

    import ngv
    with ngv.Participant("mine") as self:
        self.add_set("cells", ids=[0, 1, 2])
        v = self.output("v", "cells", unit="mV")
        self.start()
        for window in self.windows():
            v.out[:] = ...

Arrays are ctypes arrays, or NumPy arrays when NumPy is there; they share memory with the library. The library libngv.so is looked for in
NGV_LIBRARY, beside this file, and where the linker looks.
"""
import ctypes
import os
import pathlib
import sys

STATE, AMOUNT, POOL = 0, 1, 2
NONE, POINTS, LINES, TETRAHEDRA = 0, 1, 2, 3
CONTRIBUTOR, KEEPER = 0, 1
_OK, _ERROR, _END = 0, 1, 2


class Error(RuntimeError):
    """What the library had to say."""


class Window(ctypes.Structure):
    """index, and begin and end in nanoseconds."""

    _fields_ = [("index", ctypes.c_int64), ("begin", ctypes.c_int64), ("end", ctypes.c_int64)]

    @property
    def begin_ms(self):
        return self.begin / 1e6

    @property
    def end_ms(self):
        return self.end / 1e6


def _load():
    places = [os.environ.get("NGV_LIBRARY"), pathlib.Path(__file__).with_name("libngv.so"), "libngv.so"]
    problems = []
    for place in filter(None, places):
        try:
            # RTLD_GLOBAL: Open MPI's plugins look for MPI's symbols among the global ones.
            return ctypes.CDLL(str(place), mode=ctypes.RTLD_GLOBAL)
        except OSError as error:
            problems.append(str(error))
    raise Error("libngv.so was not found; set NGV_LIBRARY to its path. Tried: " + "; ".join(problems))


_lib = _load()
_text, _size, _double, _int64 = ctypes.c_char_p, ctypes.c_size_t, ctypes.c_double, ctypes.c_int64
_doubles, _int64s, _bytes, _handle = ctypes.POINTER(_double), ctypes.POINTER(_int64), ctypes.POINTER(ctypes.c_uint8), ctypes.c_void_p
_state_call = ctypes.CFUNCTYPE(ctypes.c_int, _text, ctypes.c_void_p)
for _name, _result, _arguments in [
    ("join", _handle, [ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.POINTER(_text)), _text, _text]),
    ("free", None, [_handle]),
    ("rank", ctypes.c_int, [_handle]),
    ("size", ctypes.c_int, [_handle]),
    ("comm_f", ctypes.c_int, [_handle]),
    ("add_set", ctypes.c_int, [_handle, _text, ctypes.c_int, _size, _int64s, _doubles, _int64s]),
    ("add_measure", ctypes.c_int, [_handle, _text, _text, _text, _doubles]),
    ("add_relation", ctypes.c_int, [_handle, _text, _text, _int64s]),
    ("output", _handle, [_handle, _text, _text, ctypes.c_int, _text, _double]),
    ("input", _handle, [_handle, _text, _text, ctypes.c_int, _text, _double]),
    ("pool", _handle, [_handle, _text, _text, _text, ctypes.c_int]),
    ("keep_state", ctypes.c_int, [_handle, _state_call, _state_call, ctypes.c_void_p]),
    ("start", ctypes.c_int, [_handle]),
    ("duration", _int64, [_handle]),
    ("begin", _int64, [_handle]),
    ("results", _text, [_handle]),
    ("next_window", ctypes.c_int, [_handle, ctypes.POINTER(Window)]),
    ("summary_number", ctypes.c_int, [_handle, _text, _double]),
    ("finish", ctypes.c_int, [_handle]),
    ("fail", ctypes.c_int, [_handle, _text]),
    ("out", _doubles, [_handle, ctypes.POINTER(_size)]),
    ("in", _doubles, [_handle, ctypes.POINTER(_size)]),
    ("capacity", _doubles, [_handle, ctypes.POINTER(_size)]),
    ("initial_out", _doubles, [_handle, ctypes.POINTER(_size)]),
    ("initial_in", _doubles, [_handle, ctypes.POINTER(_size)]),
    ("covered", _bytes, [_handle, ctypes.POINTER(_size)]),
    ("carry_over", ctypes.c_int, [_handle, _size, _double]),
    ("connected", ctypes.c_int, [_handle]),
    ("fresh", ctypes.c_int, [_handle]),
    ("span_ms", _double, [_handle]),
    ("last_error", _text, []),
]:
    _function = getattr(_lib, "ngv_" + _name)
    _function.restype, _function.argtypes = _result, _arguments


def _check(status):
    if status in (_ERROR, None):
        raise Error(_lib.ngv_last_error().decode())
    return status


def _as_array(kind, values):
    values = list(values) if values is not None else []
    return (kind * max(len(values), 1))(*values)


class Field:
    """See field.hpp: out, input, capacity, initial_out, initial_in, covered are arrays of one entry an element."""

    def __init__(self, handle):
        self._handle = handle

    def _array(self, name, kind=_double):
        n = _size()
        pointer = getattr(_lib, "ngv_" + name)(self._handle, ctypes.byref(n))
        if n.value == 0:
            return []
        array = ctypes.cast(pointer, ctypes.POINTER(kind * n.value)).contents
        try:
            import numpy
        except ImportError:
            return array
        return numpy.ctypeslib.as_array(array)

    out = property(lambda self: self._array("out"))
    input = property(lambda self: self._array("in"))
    capacity = property(lambda self: self._array("capacity"))
    initial_out = property(lambda self: self._array("initial_out"))
    initial_in = property(lambda self: self._array("initial_in"))
    covered = property(lambda self: self._array("covered", ctypes.c_uint8))
    connected = property(lambda self: bool(_lib.ngv_connected(self._handle)))
    fresh = property(lambda self: bool(_lib.ngv_fresh(self._handle)))
    span_ms = property(lambda self: _lib.ngv_span_ms(self._handle))

    def carry_over(self, i, amount):
        _check(_lib.ngv_carry_over(self._handle, i, amount))


class Participant:
    """A participant of the run this process was started in. Use it in a `with` block: an exception ends the whole run with its text."""

    def __init__(self, name, digest=None):
        arguments = [a.encode() for a in sys.argv]
        argc = ctypes.c_int(len(arguments))
        argv = ctypes.cast((_text * (len(arguments) + 1))(*arguments, None), ctypes.POINTER(_text))
        self._calls, self._raised = [], None
        self._self = _check(_lib.ngv_join(ctypes.byref(argc), ctypes.byref(argv), name.encode(), digest.encode() if digest else None))

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if error is not None:
            _lib.ngv_fail(self._self, f"{kind.__name__}: {error}".encode())
        _check(_lib.ngv_finish(self._self))
        _lib.ngv_free(self._self)

    rank = property(lambda self: _lib.ngv_rank(self._self))
    size = property(lambda self: _lib.ngv_size(self._self))

    def add_set(self, name, ids, geometry=NONE, coordinates=None, piece_offsets=None):
        _check(_lib.ngv_add_set(self._self, name.encode(), geometry, len(ids), _as_array(_int64, ids), _as_array(_double, coordinates),
                                _as_array(_int64, piece_offsets) if piece_offsets is not None else None))

    def add_measure(self, set_name, name, unit, values):
        _check(_lib.ngv_add_measure(self._self, set_name.encode(), name.encode(), unit.encode(), _as_array(_double, values)))

    def add_relation(self, set_name, name, ids):
        _check(_lib.ngv_add_relation(self._self, set_name.encode(), name.encode(), _as_array(_int64, ids)))

    def output(self, name, set_name, kind=STATE, unit="1", default=0.0):
        return Field(_check(_lib.ngv_output(self._self, name.encode(), set_name.encode(), kind, unit.encode(), default)))

    def input(self, name, set_name, kind=STATE, unit="1", default=0.0):
        return Field(_check(_lib.ngv_input(self._self, name.encode(), set_name.encode(), kind, unit.encode(), default)))

    def pool(self, name, set_name, role, unit="mol"):
        return Field(_check(_lib.ngv_pool(self._self, name.encode(), set_name.encode(), unit.encode(), role)))

    def keep_state(self, save, load):
        """save(path) and load(path) write and read this participant's state, on every rank; see Participant::keep_state."""

        def guarded(call):
            def run(path, _):
                try:
                    call(pathlib.Path(path.decode()))
                except Exception as error:  # it cannot pass through the library: windows() raises it again
                    self._raised = error
                return int(self._raised is not None)

            return _state_call(run)

        self._calls = [guarded(save), guarded(load)]
        _check(_lib.ngv_keep_state(self._self, *self._calls, None))

    def start(self):
        _check(_lib.ngv_start(self._self))

    duration = property(lambda self: _lib.ngv_duration(self._self))
    begin = property(lambda self: _lib.ngv_begin(self._self))
    results = property(lambda self: pathlib.Path(_lib.ngv_results(self._self).decode()))

    def windows(self):
        window = Window()
        while True:
            status = _lib.ngv_next_window(self._self, ctypes.byref(window))
            if self._raised:
                raise self._raised
            if _check(status) != _OK:
                return
            yield window

    def summary(self, key, value):
        _check(_lib.ngv_summary_number(self._self, key.encode(), float(value)))
