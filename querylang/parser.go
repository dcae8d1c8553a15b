package querylang

import (
	"strings"
	"unicode/utf8"
)

// Limits of what Parse reads.
const (
	// MaxTextLen is the largest text of a statement, in bytes.
	MaxTextLen = 16 << 20
	// maxNesting is how deep expressions can be nested by parentheses, signs and NOT.
	maxNesting = 200
	// maxOperators is how many operators a statement can have; it bounds the depth of
	// expressions that need no nesting to become deep, as a + b + c + ... does.
	maxOperators = 50_000
)

// A Dialect is a way to read text in double quotes.
type Dialect uint8

// The dialects.
const (
	// Standard reads "..." as a name.
	Standard Dialect = iota
	// AQL reads "..." as Aerospike's aql does: as a string where a value is expected, that is in
	// VALUES, behind SET name = and in WHERE, except for what stands directly to the left of
	// a comparison there; everywhere else, and before or after a dot, as a name.
	AQL
)

// Parsed is a statement with the text that it came from.
type Parsed struct {
	Statement Statement
	Params    Params
	// Text is the whole text that was parsed, "" for a statement that was built in another way. Errors
	// show the part of it that they are about.
	Text string
}

// Parse reads one statement, which a semicolon may end.
func Parse(text string, dialect Dialect) (*Parsed, error) {
	all, err := ParseAll(text, dialect)
	if err != nil {
		return nil, err
	}
	if len(all) > 1 {
		return nil, errorAt(text, statementStart(text, 1), ErrUnsupported, "only one statement can be here")
	}
	return all[0], nil
}

// ParseAll reads one or more statements with semicolons between them. Each has parameters of its own.
func ParseAll(text string, dialect Dialect) ([]*Parsed, error) {
	if len(text) > MaxTextLen {
		return nil, errorf(ErrSyntax, "the text has %d bytes, at most %d are possible", len(text), MaxTextLen)
	}
	if pos := invalidUTF8(text); pos >= 0 {
		return nil, errorAt(text, Pos(pos), ErrSyntax, "the text is not valid UTF-8; bytes are written as X'..' or bound as []byte")
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
				p.unexpected("the end of the statement")
			}
		}
		if len(all) == 0 {
			p.fail(p.token.pos, ErrSyntax, "there is no statement")
		}
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// statementStart returns the place of the nth statement, from 0, of text that has been parsed.
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

// invalidUTF8 returns the offset of the first byte that is not UTF-8, -1 if there is none.
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

// A parser reads statements by recursive descent. Its methods give up on the
// first mistake: fail panics with a bailout, which run turns into an error.
type parser struct {
	lexer
	dialect   Dialect
	token     token // the token that comes next
	params    Params
	nesting   int
	operators int
	// names says that an expression is read where AQL has names: in a select list or ORDER BY.
	names bool
	// leftSide says that a value is read which may turn out to be the left side of a comparison.
	leftSide bool
}

// A bailout carries an error out of the parser.
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

// unexpected fails because something else than the next token is wanted.
func (p *parser) unexpected(wanted string) {
	p.refuseKnown()
	if p.token.kind == tokenWord && isReserved(p.token.text) {
		p.fail(p.token.pos, ErrSyntax, "expected %s, found the keyword %s", wanted, strings.ToUpper(p.token.text))
	}
	p.fail(p.token.pos, ErrSyntax, "expected %s, found %s", wanted, p.token.describe())
}

// known holds what starts a piece of SQL that is recognised but has no implementation.
var known = wordMap[string]{
	"JOIN": "JOIN", "INNER": "JOIN", "LEFT": "JOIN", "RIGHT": "JOIN", "FULL": "JOIN", "CROSS": "JOIN", "NATURAL": "JOIN",
	"GROUP": "GROUP BY", "HAVING": "HAVING", "UNION": "UNION", "INTERSECT": "INTERSECT", "EXCEPT": "EXCEPT",
	"RETURNING": "RETURNING", "DISTINCT": "SELECT DISTINCT", "CASE": "CASE", "EXISTS": "EXISTS", "CAST": "CAST",
}

// refuseKnown fails if the next token starts a piece of SQL that is recognised but has no implementation.
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

// advance moves to the next token and returns the one that it leaves.
func (p *parser) advance() token {
	left := p.token
	t, err := p.next()
	if err != nil {
		panic(bailout{err})
	}
	p.token = t
	return left
}

// accept moves over a keyword if it comes next.
func (p *parser) accept(keyword string) bool {
	if !p.token.is(keyword) {
		return false
	}
	p.advance()
	return true
}

// acceptSymbol moves over a symbol if it comes next.
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

// name reads a name; what says of what, for the error message.
func (p *parser) name(what string) Name {
	if !p.isName() {
		if p.token.kind == tokenWord && isReserved(p.token.text) {
			p.refuseKnown()
			p.fail(p.token.pos, ErrSyntax, "expected %s, found the keyword %s; a name like this is written `%s`",
				what, strings.ToUpper(p.token.text), p.token.text)
		}
		p.unexpected(what)
	}
	t := p.advance()
	if t.text == "" {
		p.fail(t.pos, ErrSyntax, "a name must not be empty")
	}
	return Name{Text: t.text, Pos: t.pos}
}

// enter notes one more level of nesting, which leave ends.
func (p *parser) enter() {
	p.nesting++
	if p.nesting > maxNesting {
		p.fail(p.token.pos, ErrSyntax, "nested more than %d levels deep", maxNesting)
	}
}

func (p *parser) leave() { p.nesting-- }

// countOperator notes one more operator.
func (p *parser) countOperator() {
	p.operators++
	if p.operators > maxOperators {
		p.fail(p.token.pos, ErrSyntax, "more than %d operators in one statement", maxOperators)
	}
}
