"""A language model of a few hundred tokens, written as a GGUF file, that llama.cpp serves as any other.

What it says is a Markov chain over tokens: each token's vector is its own axis, the one layer adds nothing, and the output
matrix holds the logarithm of how likely each token follows.  So it calls tools in most replies, now several at once, now
after some words, now with words only, now with bytes that are no text, now with nothing at all; and it is done in
milliseconds.  Which of it comes is up to the sampler's seed.

    python tiny_model.py model.gguf     serves the file on a free port of 127.0.0.1 until its input closes
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import gguf
import numpy as np

__all__ = ["CHAT_TEMPLATE", "LISTENING", "SAMPLING", "TOOL_NAMES", "write_model"]

LISTENING: Final = "listening at "
"""What stands before the address in the line that the server prints once it is up."""

SAMPLING: Final[Mapping[str, object]] = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0}
"""Request parameters under which the model says everything that it can; llama.cpp's defaults leave out what is rare."""

TOOL_NAMES: Final = ("weather", "add", "broken", "nap")
"""The tools that the model knows by name; under a grammar it spells any other."""

CHAT_TEMPLATE: Final = """\
{%- if messages[0].role == 'system' -%}
    {{- '<|system|>' + messages[0].content + '</s>' -}}
{%- endif -%}
{%- if tools -%}
    {{- '<|tools|>' -}}
    {%- for tool in tools -%}
        {{- tool | tojson -}}
    {%- endfor -%}
    {{- '</s>' -}}
{%- endif -%}
{%- set turn = namespace(owed=[]) -%}
{%- for message in messages -%}
    {%- if message.role == 'system' -%}
        {%- if not loop.first -%}
            {{- raise_exception('the system message is not the first message') -}}
        {%- endif -%}
    {%- elif message.role == 'user' -%}
        {{- '<|user|>' + message.content + '</s>' -}}
    {%- elif message.role == 'assistant' -%}
        {%- if not message.content and not message.tool_calls -%}
            {{- raise_exception('an assistant message with nothing in it') -}}
        {%- endif -%}
        {{- '<|assistant|>' -}}
        {%- if message.content -%}
            {{- message.content -}}
        {%- endif -%}
        {%- for call in message.tool_calls or [] -%}
            {{- '<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' -}}
            {{- call.function.arguments | tojson -}}
            {{- '}\\n</tool_call>' -}}
            {%- set turn.owed = turn.owed + [call.id] -%}
        {%- endfor -%}
        {{- '</s>' -}}
    {%- elif message.role == 'tool' -%}
        {%- if not turn.owed or message.tool_call_id != turn.owed[0] -%}
            {{- raise_exception('a result of no call that is open') -}}
        {%- endif -%}
        {%- set turn.owed = turn.owed[1:] -%}
        {{- '<|tool|>' + message.content + '</s>' -}}
    {%- else -%}
        {{- raise_exception('an unknown role: ' + message.role) -}}
    {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{- '<|assistant|>' -}}
{%- endif -%}
"""
"""What templates do with a history; this one refuses what the strictest hosts refuse, and names the reason.

A call without its result is refused with the next result.  A template that refuses it at once makes llama.cpp, which tries
templates out, believe that the model can not make several calls at once.
"""

_WORDS: Final = (
    " it",
    " is",
    " cold",
    " in",
    " Oslo",
    " and",
    " four",
    " degrees",
    " été",
    " 冬",
    " 🥶",
    ".",
    "\n",
    " {",
    " `",
)
_BEGIN: Final = '\n{"name": "'
_BETWEEN: Final = '", "arguments": '
_ARGUMENTS: Final = ('{"city": "Oslo"}', '{"city": "Rome", "days": 2}', '{"a": 2, "b": 3}', "{}", '{"city": "', '{"a": ')
_END: Final = "}\n</tool_call>"
_CONTROL: Final = ("<unk>", "<s>", "</s>", "<|system|>", "<|tools|>", "<|user|>", "<|assistant|>", "<|tool|>")
_BYTES: Final = tuple(f"<0x{value:02X}>" for value in range(256))
_SPOKEN: Final = ("<tool_call>", "</tool_call>", _BEGIN, _BETWEEN, _END, '"}', *TOOL_NAMES, *_ARGUMENTS, *_WORDS)
_VOCABULARY: Final = (*_CONTROL, *_BYTES, *_SPOKEN)
_WIDTH: Final = 384
_HEAD: Final = 32
_HIDDEN: Final = 32
_NEVER: Final = -12.0
"""The logarithm of how likely a token is that the chain does not name: only a grammar brings it about."""


def _even(tokens: Sequence[str], share: float) -> dict[str, float]:
    return dict.fromkeys(tokens, share / len(tokens))


_AFTER_A_CALL: Final = {"</s>": 0.7, "<tool_call>": 0.25} | _even(_WORDS, 0.05)
_AFTER_A_WORD: Final = {"</s>": 0.2, "<tool_call>": 0.1} | _even(_WORDS, 0.68) | _even(_BYTES, 0.02)
_AFTER_A_BYTE: Final = {_BETWEEN: 0.2, '"}': 0.3, _END: 0.1, "</s>": 0.05} | _even(_WORDS, 0.2) | _even(_BYTES, 0.15)

_CHAIN: Final[Mapping[str, Mapping[str, float]]] = {
    "<|assistant|>": {"<tool_call>": 0.55, "</s>": 0.04} | _even(_WORDS, 0.4) | _even(_BYTES, 0.01),
    "<tool_call>": {_BEGIN: 1.0},
    _BEGIN: _even(TOOL_NAMES, 1.0),
    **{name: {_BETWEEN: 1.0} for name in TOOL_NAMES},
    _BETWEEN: _even(_ARGUMENTS, 1.0),
    **dict.fromkeys(_ARGUMENTS, {_END: 0.8} | _even(_WORDS, 0.1) | _even(_BYTES, 0.1)),
    '"}': {_END: 1.0},
    _END: _AFTER_A_CALL,
    "</tool_call>": _AFTER_A_CALL,
    **dict.fromkeys(_WORDS, _AFTER_A_WORD),
    **dict.fromkeys(_BYTES, _AFTER_A_BYTE),
}


def write_model(path: Path) -> None:
    """Write the model to *path*: some 2 MB."""
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("tiny")
    writer.add_context_length(32768)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(_HIDDEN)
    writer.add_head_count(1)
    writer.add_head_count_kv(1)
    writer.add_key_length(_HEAD)
    writer.add_value_length(_HEAD)
    writer.add_rope_dimension_count(_HEAD)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    _add_tokens(writer)
    _add_weights(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_tokens(writer: gguf.GGUFWriter) -> None:
    kinds = [gguf.TokenType.CONTROL] * len(_CONTROL) + [gguf.TokenType.BYTE] * len(_BYTES)
    kinds += [gguf.TokenType.USER_DEFINED] * len(_SPOKEN)
    kinds[0] = gguf.TokenType.UNKNOWN
    writer.add_tokenizer_model("llama")
    writer.add_token_list(list(_VOCABULARY))
    writer.add_token_scores([0.0] * len(_VOCABULARY))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(_VOCABULARY.index("<s>"))
    writer.add_eos_token_id(_VOCABULARY.index("</s>"))
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def _add_weights(writer: gguf.GGUFWriter) -> None:
    size = len(_VOCABULARY)
    writer.add_tensor("token_embd.weight", np.eye(size, _WIDTH, dtype=np.float32))
    writer.add_tensor("output_norm.weight", np.ones(_WIDTH, dtype=np.float32))
    writer.add_tensor("output.weight", _likelihoods() / np.sqrt(_WIDTH, dtype=np.float32))
    shapes = dict.fromkeys(("attn_q", "attn_k", "attn_v"), (_HEAD, _WIDTH)) | {"attn_output": (_WIDTH, _HEAD)}
    shapes |= {"ffn_gate": (_HIDDEN, _WIDTH), "ffn_up": (_HIDDEN, _WIDTH), "ffn_down": (_WIDTH, _HIDDEN)}
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", np.ones(_WIDTH, dtype=np.float32))
    for name, shape in shapes.items():
        writer.add_tensor(f"blk.0.{name}.weight", np.zeros(shape, dtype=np.float32))


def _likelihoods() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return, for each token (row), the logarithm of how likely it follows each other (column)."""
    logits = np.full((len(_VOCABULARY), _WIDTH), _NEVER, dtype=np.float32)
    place = {token: number for number, token in enumerate(_VOCABULARY)}
    for before, successors in _CHAIN.items():
        for after, likelihood in successors.items():
            logits[place[after], place[before]] = np.log(likelihood)
    return logits


def _serve(path: str) -> None:
    """Serve the model in this process until the parent lets go of it, or dies."""
    xllamacpp: Any = import_module("xllamacpp")  # compiled, and without types
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.n_ctx = 65536
    params.n_parallel = 4
    params.n_threads_http = 12
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.warmup = False
    params.ui = False
    params.verbosity = 0
    server = xllamacpp.Server(params)
    print(f"{LISTENING}{server.listening_address}", flush=True)
    sys.stdin.read()
    os._exit(0)  # nothing here is worth an orderly end, which takes a second


if __name__ == "__main__":
    _serve(sys.argv[1])
