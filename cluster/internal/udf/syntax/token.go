package syntax

import "strconv"

// A kind is the kind of a token: one of the constants below, or the byte itself for tokens of one
// character.
type kind int

const (
	tokenEOF kind = iota + 256
	tokenName
	tokenString
	tokenInteger
	tokenFloat
	tokenIntegerDivide
	tokenConcat
	tokenDots
	tokenEqual
	tokenGreaterEqual
	tokenLessEqual
	tokenNotEqual
	tokenShiftLeft
	tokenShiftRight
	tokenLabel
	tokenAnd
	tokenBreak
	tokenDo
	tokenElse
	tokenElseif
	tokenEnd
	tokenFalse
	tokenFor
	tokenFunction
	tokenGoto
	tokenIf
	tokenIn
	tokenLocal
	tokenNil
	tokenNot
	tokenOr
	tokenRepeat
	tokenReturn
	tokenThen
	tokenTrue
	tokenUntil
	tokenWhile
)

// spellings are the fixed texts of tokens in messages.
var spellings = map[kind]string{
	tokenEOF: "<eof>", tokenName: "<name>", tokenString: "<string>", tokenInteger: "<integer>", tokenFloat: "<number>",
	tokenIntegerDivide: "//", tokenConcat: "..", tokenDots: "...", tokenEqual: "==", tokenGreaterEqual: ">=",
	tokenLessEqual: "<=", tokenNotEqual: "~=", tokenShiftLeft: "<<", tokenShiftRight: ">>", tokenLabel: "::",
	tokenAnd: "and", tokenBreak: "break", tokenDo: "do", tokenElse: "else", tokenElseif: "elseif", tokenEnd: "end",
	tokenFalse: "false", tokenFor: "for", tokenFunction: "function", tokenGoto: "goto", tokenIf: "if", tokenIn: "in",
	tokenLocal: "local", tokenNil: "nil", tokenNot: "not", tokenOr: "or", tokenRepeat: "repeat", tokenReturn: "return",
	tokenThen: "then", tokenTrue: "true", tokenUntil: "until", tokenWhile: "while",
}

// reserved are the words that cannot be names.
var reserved = func() map[string]kind {
	words := make(map[string]kind)
	for k := tokenAnd; k <= tokenWhile; k++ {
		words[spellings[k]] = k
	}
	return words
}()

// String returns the token as messages show it.
func (k kind) String() string {
	if k < tokenEOF {
		if k < ' ' || k == 0x7F {
			return "'<\\" + strconv.Itoa(int(k)) + ">'"
		}
		return "'" + string([]byte{byte(k)}) + "'"
	}
	if k >= tokenEOF && k <= tokenFloat {
		return spellings[k]
	}
	return "'" + spellings[k] + "'"
}

// A token is one token of the source.
type token struct {
	kind    kind
	line    int
	text    string // source text of names, numbers and strings
	value   string // of names and strings
	integer int64
	float   float64
}

// near returns the token for a message.
func (t *token) near() string {
	switch t.kind {
	case tokenName, tokenString, tokenInteger, tokenFloat:
		return "'" + t.text + "'"
	}
	return t.kind.String()
}

// An Error reports why source does not compile.
type Error struct {
	Line    int
	Message string
}

// Error returns the message without the line.
func (e *Error) Error() string { return e.Message }
