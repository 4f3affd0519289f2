"""Conditions as a norm writes them: read, allow-listed, never executed here.

Rule: a formula is one SQL boolean over attributes, of at most 4,000 characters. First its words are looked at: only
comparisons, logic, arithmetic, literals, names, `case`, `cast` and a few functions may be there at all, and between two
words only white space, so that no comment can hide anything. Then SQLGlot makes a tree, of which every node and every
part of a node is looked up in a second list (`formula_tree`). Source: the engine's decision 10.
"""

from __future__ import annotations

import re

import sqlglot
from sqlglot import Token, TokenType
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.expressions import Expression

from scherp.norms.formula_tree import FUNCTIONS, safe_casts, tree_faults
from scherp.norms.model import Formula
from scherp.norms.spelling import advice, shown

LONGEST = 4000
DEEPEST = 20

_SYMBOLS = {
    *(TokenType.EQ, TokenType.NEQ, TokenType.LT, TokenType.LTE, TokenType.GT, TokenType.GTE),
    *(TokenType.PLUS, TokenType.DASH, TokenType.STAR, TokenType.SLASH, TokenType.MOD),
    *(TokenType.L_PAREN, TokenType.R_PAREN, TokenType.COMMA, TokenType.DOT),
}
_LITERALS = {TokenType.STRING, TokenType.NUMBER, TokenType.TRUE, TokenType.FALSE, TokenType.NULL}
_WORDS = {
    *(TokenType.AND, TokenType.OR, TokenType.NOT, TokenType.IN, TokenType.BETWEEN, TokenType.IS, TokenType.LIKE),
    *(TokenType.CASE, TokenType.WHEN, TokenType.THEN, TokenType.ELSE, TokenType.END),
}
_TYPES = {
    *(TokenType.TEXT, TokenType.VARCHAR, TokenType.INT, TokenType.BIGINT, TokenType.DECIMAL, TokenType.DOUBLE),
    *(TokenType.DATE, TokenType.TIMESTAMP, TokenType.TIMESTAMPNTZ, TokenType.BOOLEAN, TokenType.TIME),
}
_NAMES = {TokenType.VAR, TokenType.IDENTIFIER}
_ALLOWED = _SYMBOLS | _LITERALS | _WORDS | _TYPES | _NAMES | {TokenType.ALIAS}
_CALLS = {*FUNCTIONS, "cast", "try_cast"}
_IS_WORD = re.compile(r"[^\W\d]\w*")

# A word of SQL that a formula has no use for (`limit`, `format`) is an attribute's name where an operand stands: behind
# one of the first, before one of the second. These words never are, so that SQL is refused as SQL.
_BEFORE_OPERAND = (_SYMBOLS | _WORDS) - {TokenType.R_PAREN, TokenType.DOT, TokenType.IS, TokenType.END}
_BEHIND_OPERAND = (_SYMBOLS | _WORDS | {TokenType.ALIAS}) - {TokenType.L_PAREN, TokenType.CASE}
_NEVER_NAMES = re.compile(
    "select|from|where|with|union|intersect|except|insert|update|delete|merge|drop|create|alter|truncate|copy|attach"
    "|detach|pragma|install|load|set|call|exists|any|all|some|distinct|collate|escape|over|current_.*|local.*|session.*",
    re.IGNORECASE,
)

# What a reader calls a symbol that is not allowed.
_FORBIDDEN = {
    TokenType.SEMICOLON: "a semicolon (a formula is one expression)",
    TokenType.PLACEHOLDER: "a parameter mark '?'",
    TokenType.PARAMETER: "a parameter mark",
    TokenType.COLON: "a colon",
    TokenType.DCOLON: "'::'",
    TokenType.ARROW: "an arrow '->'",
    TokenType.L_BRACKET: "a list or an index in brackets",
    TokenType.R_BRACKET: "a list or an index in brackets",
    TokenType.L_BRACE: "a brace",
    TokenType.R_BRACE: "a brace",
    TokenType.BYTE_STRING: "a text with a letter before its quote",
    TokenType.HEREDOC_STRING: "a text between dollar signs",
}


def parse_formula(text: str, names: frozenset[str] | None = None) -> Formula:
    """The formula that `text` writes. names: the attributes that may be used, None: any.

    Every `cast` in the result is a `try_cast`, a `decimal` without a size is `decimal(18, 6)`, as quantities are.
    ValueError says all that is not allowed in it, as sentences.
    """
    if len(text) > LONGEST:
        raise ValueError(f"the formula is longer than {LONGEST} characters")
    tokens = _tokens(text)
    faults = _token_faults(text, tokens)
    if faults:
        raise ValueError(_sentences(faults))
    tree = _tree(_plain(text, tokens))
    faults = tree_faults(tree)
    if not faults and names is not None:
        faults = _unknown_names(Formula(text, tree), names)
    if faults:
        raise ValueError(_sentences(faults))
    return Formula(text, safe_casts(tree))


def _sentences(faults: list[str]) -> str:
    """The faults as one text, each once, without a full stop at its end: whoever shows it adds that."""
    told = list(dict.fromkeys(faults))
    return " ".join([fault if fault.endswith("?") else f"{fault}." for fault in told[:-1]] + told[-1:])


def _tokens(text: str) -> list[Token]:
    try:
        return sqlglot.tokenize(text, dialect="duckdb")
    except SqlglotError:
        raise ValueError("the formula cannot be read: a quote or a bracket is not closed") from None


def _tree(text: str) -> Expression:
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except SqlglotError as error:
        first = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
        near = f" near character {first['col']}" if first.get("col") else ""
        raise ValueError(f"the formula cannot be read{near}") from None
    except RecursionError:  # the count of levels above is of words, and words can mislead it
        raise ValueError(f"the formula is nested deeper than {DEEPEST} levels") from None
    if len(trees) != 1 or not isinstance(trees[0], Expression):
        raise ValueError("the formula is not one expression")
    return trees[0]


def _token_faults(text: str, tokens: list[Token]) -> list[str]:
    if not tokens:
        return ["the formula is empty"]
    faults = ["a comment is not allowed in a formula"] if _has_gaps(text, tokens) else []
    for before, token, after in zip([None, *tokens[:-1]], tokens, [*tokens[1:], None], strict=True):
        faults += _token_fault(before, token, after)
    if _depth(tokens) > DEEPEST:
        faults.append(f"the formula is nested deeper than {DEEPEST} levels")
    return faults


def _token_fault(before: Token | None, token: Token, after: Token | None) -> list[str]:
    kind, word = token.token_type, token.text
    called = after is not None and after.token_type is TokenType.L_PAREN
    is_word = _IS_WORD.match(word) is not None
    fault = ""
    if before is not None and before.token_type is TokenType.DOT and is_word and not called:
        fault = ""  # an attribute of an object, whatever its name: case.order
    elif called and is_word and kind not in _WORDS and not (kind in _TYPES and _is_cast_type(before)):
        fault = "" if kind is TokenType.VAR and word.lower() in _CALLS else _call_fault(word)
    elif kind not in _ALLOWED and not _is_name(before, token, after):
        fault = _word_fault(kind, word, is_word)
    elif kind in _NAMES and not word:
        fault = "a name is empty"
    elif kind is TokenType.EQ and word == "==":
        fault = "'==' is not allowed in a formula, write '='"
    return [fault] if fault else []


def _word_fault(kind: TokenType, word: str, is_word: bool) -> str:
    if kind in _FORBIDDEN:
        return f"{_FORBIDDEN[kind]} is not allowed in a formula"
    hint = " (an attribute of that name is written in double quotes)" if is_word else ""
    return f"{shown(word)} is not allowed in a formula{hint}"


def _is_name(before: Token | None, token: Token, after: Token | None) -> bool:
    """Whether a word that SQL knows and a formula does not stands where an attribute's name would."""
    bare = token.token_type not in _FORBIDDEN and token.end - token.start + 1 == len(token.text)  # no quotes around it
    return (
        bare
        and _IS_WORD.fullmatch(token.text) is not None
        and _NEVER_NAMES.fullmatch(token.text) is None
        and (before is None or before.token_type in _BEFORE_OPERAND)
        and (after is None or after.token_type in _BEHIND_OPERAND)
    )


def _call_fault(word: str) -> str:
    return f"{shown(word)} is not a function that a formula may use. {advice(word, FUNCTIONS)}".rstrip(".")


def _is_cast_type(before: Token | None) -> bool:
    return before is not None and before.token_type is TokenType.ALIAS


def _has_gaps(text: str, tokens: list[Token]) -> bool:
    """Whether anything but white space stands outside the tokens; it can only be a comment."""
    at = 0
    for token in tokens:
        if text[at : token.start].strip():
            return True
        at = token.end + 1
    return bool(text[at:].strip())


def _depth(tokens: list[Token]) -> int:
    """How deep brackets, `case` and runs of `not` and `-` nest at most; the parser recurses on each of them."""
    deepest = depth = run = 0
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        kind = token.token_type
        qualifies = after is not None and after.token_type is TokenType.DOT
        run = run + 1 if kind in (TokenType.NOT, TokenType.DASH) else 0
        if kind is TokenType.L_PAREN or (kind is TokenType.CASE and not qualifies):
            depth += 1
        elif kind in (TokenType.R_PAREN, TokenType.END):
            depth = max(depth - 1, 0)
        deepest = max(deepest, depth + run)
    return deepest


def _plain(text: str, tokens: list[Token]) -> str:
    """The text with quotes around names that are words of SQL, and `(18, 6)` behind a bare `decimal`."""
    parts, at = [], 0
    for before, token, after in zip([None, *tokens[:-1]], tokens, [*tokens[1:], None], strict=True):
        word = text[token.start : token.end + 1]
        if token.token_type is TokenType.DECIMAL and _is_cast_type(before):
            sized = after is not None and after.token_type is TokenType.L_PAREN
            word = word if sized else f"{word}(18, 6)"
        elif token.token_type not in _ALLOWED and _is_name(before, token, after):
            word = f'"{word}"'
        parts += [text[at : token.start], word]
        at = token.end + 1
    return "".join(parts)


def _unknown_names(formula: Formula, names: frozenset[str]) -> list[str]:
    known = {name.casefold() for name in names}
    unknown = [name for name in formula.names if name.casefold() not in known]
    return [f"{shown(name)} is not an attribute here. {advice(name, sorted(names))}".rstrip(".") for name in unknown]
