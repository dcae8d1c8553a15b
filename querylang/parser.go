package querylang

import (
	"strings"
	"unicode/utf8"
)

// Limits of the text that Parse accepts.
const (
	// MaxTextLen is the maximum length of a text, in bytes.
	MaxTextLen = 16 << 20
	// maxNesting is how deep expressions can be nested by parentheses, signs and NOT.
	maxNesting = 200
	// maxOperators is the maximum number of operators in a statement. It limits the depth of trees
	// that grow without nesting, such as a + b + c + ...
	maxOperators = 50_000
)

// A Dialect selects how text in double quotes is read.
type Dialect uint8

// The dialects.
const (
	// Standard reads "..." as a name.
	Standard Dialect = iota
	// AQL reads "..." as Aerospike's aql does. It is a string where a value is expected: in VALUES,
	// after SET name = and in WHERE. It is a name everywhere else, next to a dot, and directly to
	// the left of a comparison in WHERE.
	AQL
)

// Parsed is a statement with the text that it was parsed from.
type Parsed struct {
	Statement Statement
	Params    Params
	// Text is the whole parsed text, which errors quote. It is "" for a statement that was built
	// without parsing.
	Text string
}

// Parse parses one statement, which may end with a semicolon. Errors are of type [*Error].
func Parse(text string, dialect Dialect) (*Parsed, error) {
	all, err := ParseAll(text, dialect)
	if err != nil {
		return nil, err
	}
	if len(all) > 1 {
		return nil, errorAt(text, statementStart(text, 1), ErrUnsupported, "only one statement is allowed here")
	}
	return all[0], nil
}

// ParseAll parses one or more statements separated by semicolons. Each has its own parameters.
// Errors are of type [*Error].
func ParseAll(text string, dialect Dialect) ([]*Parsed, error) {
	if len(text) > MaxTextLen {
		return nil, errorf(ErrSyntax, "the text has %d bytes; the maximum is %d", len(text), MaxTextLen)
	}
	if pos := invalidUTF8(text); pos >= 0 {
		return nil, errorAt(text, Pos(pos), ErrSyntax, "the text is not valid UTF-8; write bytes as X'..' or bind them as []byte")
	}
	p := &parser{lexer: lexer{text: text}, dialect: dialect}
	var all []*Parsed
	err := p.run(func() {
		p.advance()
		for p.skipSemicolons(); p.token.kind != tokenEnd; p.skipSemicolons() {
			p.params, p.operators = Params{}, 0
			statement := p.statement()
			all = append(all, &Parsed{Statement: statement, Params: p.params, Text: text})
			if !p.token.isSymbol(";") && p.token.kind != tokenEnd {
				p.unexpected(endOfStatement)
			}
		}
		if len(all) == 0 {
			p.fail(p.token.pos, ErrSyntax, "the statement is empty")
		}
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// statementStart returns the position of the nth statement, counted from 0, of a text without
// errors.
func statementStart(text string, n int) Pos {
	l := lexer{text: text}
	fresh := true
	for {
		t, err := l.next()
		if err != nil || t.kind == tokenEnd {
			return t.pos
		}
		if fresh && !t.isSymbol(";") {
			if n == 0 {
				return t.pos
			}
			n--
			fresh = false
		}
		fresh = fresh || t.isSymbol(";")
	}
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			return i
		}
	}
	return -1
}

// A parser parses statements by recursive descent. It stops at the first mistake: fail panics with
// a bailout, which run recovers and returns as an error.
type parser struct {
	lexer
	dialect   Dialect
	previous  token // the token before token
	token     token // the next token
	params    Params
	nesting   int
	operators int
	// names means that AQL reads "..." as a name here: in a select list or ORDER BY.
	names bool
	// leftSide means that the value may be the left side of a comparison.
	leftSide bool
}

// A bailout is the panic value of fail.
type bailout struct{ err error }

func (p *parser) run(parse func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			b, ok := r.(bailout)
			if !ok {
				panic(r)
			}
			err = b.err
		}
	}()
	parse()
	return nil
}

func (p *parser) fail(pos Pos, kind error, format string, args ...any) {
	panic(bailout{errorAt(p.text, pos, kind, format, args...)})
}

// unexpected fails because the next token is not what is wanted.
func (p *parser) unexpected(wanted string) {
	p.refuseKnown()
	if wanted == endOfStatement {
		p.refuseClause()
	}
	if p.token.kind == tokenWord && isReserved(p.token.text) {
		p.fail(p.token.pos, ErrSyntax, "expected %s, found the keyword %s", wanted, strings.ToUpper(p.token.text))
	}
	p.fail(p.token.pos, ErrSyntax, "expected %s, found %s", wanted, p.token.describe())
}

const endOfStatement = "the end of the statement"

// known maps the first word of a clause or expression that is not implemented to its name.
var known = wordMap[string]{
	"JOIN": "JOIN", "INNER": "JOIN", "LEFT": "JOIN", "RIGHT": "JOIN", "FULL": "JOIN", "CROSS": "JOIN", "NATURAL": "JOIN",
	"GROUP": "GROUP BY", "HAVING": "HAVING", "UNION": "UNION", "INTERSECT": "INTERSECT", "EXCEPT": "EXCEPT",
	"RETURNING": "RETURNING", "DISTINCT": "DISTINCT", "CASE": "CASE", "EXISTS": "EXISTS", "CAST": "CAST",
}

// unreservedClauses is like known, for words that are also names. The parser may have read such a
// word as an alias.
var unreservedClauses = wordMap[string]{
	"FOR": "FOR UPDATE", "FETCH": "FETCH FIRST", "PARTITION": "PARTITION", "TABLESAMPLE": "TABLESAMPLE", "USE": "USE INDEX",
	"FORCE": "FORCE INDEX", "INTERVAL": "INTERVAL", "WITH": "WITH", "WINDOW": "WINDOW", "OVER": "OVER", "COLLATE": "COLLATE",
}

// refuseClause fails if the next token, or the one before it, starts one of unreservedClauses.
func (p *parser) refuseClause() {
	for _, t := range []token{p.previous, p.token} {
		if t.kind != tokenWord {
			continue
		}
		if what, ok := unreservedClauses.find(t.text); ok {
			p.fail(t.pos, ErrUnsupported, "%s is not supported yet", what)
		}
	}
}

// refuseKnown fails if the next token is one of known.
func (p *parser) refuseKnown() {
	if p.token.kind != tokenWord {
		return
	}
	if what, ok := known.find(p.token.text); ok {
		p.fail(p.token.pos, ErrUnsupported, "%s is not supported yet", what)
	}
	if p.token.is("ON") {
		p.fail(p.token.pos, ErrUnsupported, "ON CONFLICT and ON DUPLICATE KEY are not supported yet; UPSERT INTO and REPLACE INTO are")
	}
}

// advance moves to the next token and returns the current one.
func (p *parser) advance() token {
	t, err := p.next()
	if err != nil {
		panic(bailout{err})
	}
	p.previous, p.token = p.token, t
	return p.previous
}

// accept skips the next token if it is the keyword, and reports whether it is.
func (p *parser) accept(keyword string) bool {
	if !p.token.is(keyword) {
		return false
	}
	p.advance()
	return true
}

// acceptSymbol skips the next token if it is the symbol, and reports whether it is.
func (p *parser) acceptSymbol(symbol string) bool {
	if !p.token.isSymbol(symbol) {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expect(keyword string) {
	if !p.accept(keyword) {
		p.unexpected(keyword)
	}
}

func (p *parser) expectSymbol(symbol string) {
	if !p.acceptSymbol(symbol) {
		p.unexpected(symbol)
	}
}

func (p *parser) skipSemicolons() {
	for p.acceptSymbol(";") {
	}
}

// isName reports whether the next token can be a name.
func (p *parser) isName() bool {
	switch p.token.kind {
	case tokenQuotedName, tokenDoubleQuoted:
		return true
	case tokenWord:
		return !isReserved(p.token.text)
	}
	return false
}

// name parses a name. Error messages call it what.
func (p *parser) name(what string) Name {
	if !p.isName() {
		if p.token.kind == tokenWord {
			p.needQuotes(what, p.token)
		}
		p.unexpected(what)
	}
	t := p.advance()
	if t.text == "" {
		p.fail(t.pos, ErrSyntax, "a name must not be empty")
	}
	return Name{Text: t.text, Pos: t.pos}
}

// needQuotes fails because a keyword can only be a name if it is quoted.
func (p *parser) needQuotes(what string, keyword token) {
	p.fail(keyword.pos, ErrSyntax, "expected %s, found the keyword %s; to use it as a name, quote it: `%s`",
		what, strings.ToUpper(keyword.text), keyword.text)
}

// enter counts one more level of nesting, until leave.
func (p *parser) enter() {
	p.nesting++
	if p.nesting > maxNesting {
		p.fail(p.token.pos, ErrSyntax, "nested more than %d levels deep", maxNesting)
	}
}

func (p *parser) leave() { p.nesting-- }

// countOperator counts one more operator of the statement.
func (p *parser) countOperator() {
	p.operators++
	if p.operators > maxOperators {
		p.fail(p.token.pos, ErrSyntax, "more than %d operators in one statement", maxOperators)
	}
}
