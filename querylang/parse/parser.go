package parse

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aerosql/aerosql/querylang/ast"
)

// Limits of the text that is parsed.
const (
	// MaxTextLen is the maximum length of a text, in bytes.
	MaxTextLen = 16 << 20
	// maxNesting is how deep expressions, queries and tables can be nested by parentheses, signs
	// and NOT.
	maxNesting = 200
	// maxOperators is the maximum number of operators in a statement, with joins and set
	// operations. It limits the depth of trees that grow without nesting, such as a + b + c + ...
	maxOperators = 50_000
)

// A Dialect selects how text in double quotes is read.
type Dialect uint8

// The dialects.
const (
	// Standard reads "..." as a name.
	Standard Dialect = iota
	// AQL reads the statements of Aerospike's aql. In an expression "..." is an [ast.Column] whose
	// name has the quote '"': package bind decides whether it is a column or a string.
	AQL
)

// Parsed is a statement with the text that it was parsed from.
type Parsed struct {
	Statement ast.Statement
	Params    Params
	// Text is the whole parsed text, which errors quote. It is "" for a statement that was built
	// without parsing.
	Text string
}

// One parses one statement, which may end with a semicolon. Errors are of type [*ast.Error].
func One(text string, dialect Dialect) (*Parsed, error) {
	all, err := All(text, dialect)
	switch {
	case err != nil:
		return nil, err
	case len(all) == 0:
		return nil, ast.ErrorAt(text, ast.Pos(len(text)), ast.ErrSyntax, "the statement is empty")
	case len(all) > 1:
		return nil, ast.ErrorAt(text, all[1].Statement.Position(), ast.ErrUnsupported, "only one statement is allowed here")
	}
	return all[0], nil
}

// All parses the statements of a text, which are separated by semicolons. Each has its own
// parameters. A text of blanks, comments and semicolons has no statements. Errors are of type
// [*ast.Error].
func All(text string, dialect Dialect) ([]*Parsed, error) {
	if len(text) > MaxTextLen {
		return nil, ast.Errorf(ast.ErrSyntax, "the text has %d bytes; the maximum is %d", len(text), MaxTextLen)
	}
	if pos := invalidUTF8(text); pos >= 0 {
		return nil, ast.ErrorAt(text, ast.Pos(pos), ast.ErrSyntax,
			"the text is not valid UTF-8; write bytes as X'..' or bind them as []byte")
	}
	p := &parser{lexer: lexer{text: text}, dialect: dialect}
	return p.all()
}

// Expression parses one expression, such as a default value that was stored as text. Errors are of
// type [*ast.Error].
func Expression(text string) (e ast.Expr, err error) {
	if len(text) > MaxTextLen || invalidUTF8(text) >= 0 {
		return nil, ast.Errorf(ast.ErrSyntax, "the text is too long or not valid UTF-8")
	}
	p := &parser{lexer: lexer{text: text}}
	err = p.run(func() {
		p.load()
		e = p.expression()
		if p.token.kind != tokenEnd {
			p.unexpected("the end of the expression")
		}
	})
	return e, err
}

// all parses all statements.
func (p *parser) all() ([]*Parsed, error) {
	var window [2 * maxTokens]token
	p.tokens = window[:0]
	var all []*Parsed
	err := p.run(func() {
		p.load()
		for p.skipSemicolons(); p.token.kind != tokenEnd; p.skipSemicolons() {
			p.params, p.operators = Params{}, 0
			statement := p.statement()
			all = append(all, &Parsed{Statement: statement, Params: p.params, Text: p.text})
			if !p.token.isSymbol(";") && p.token.kind != tokenEnd {
				p.unexpected(endOfStatement)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return all, nil
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
	tokens    []token // some tokens that were read, the last of them perhaps not parsed yet
	at        int     // the index of token in tokens
	token     token   // the next token
	end       ast.Pos // the end of the token before it
	implicit  token   // the last alias without AS
	params    Params
	nesting   int
	operators int

	// literals are the positions of those that are parameters; literalParams are the parameters
	// that have been parsed so far.
	literals      []ast.Pos
	literalParams []*ast.Param

	newRow *ast.Name // of ON DUPLICATE KEY UPDATE, where VALUES(c) is a column of the new row
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

func (p *parser) fail(pos ast.Pos, kind error, format string, args ...any) {
	panic(bailout{p.errorAt(pos, kind, format, args...)})
}

// refuse fails because something is not supported.
func (p *parser) refuse(pos ast.Pos, format string, args ...any) {
	p.fail(pos, ast.ErrUnsupported, format, args...)
}

// peek returns a token after the next one, without moving: peek(1) is the one after it.
func (p *parser) peek(ahead int) token {
	for len(p.tokens) <= p.at+ahead {
		if n := len(p.tokens); n > 0 && (p.tokens[n-1].kind == tokenEnd || p.tokens[n-1].kind == tokenInvalid) {
			return p.tokens[n-1]
		}
		p.tokens = append(p.tokens, p.lexer.next())
	}
	return p.tokens[p.at+ahead]
}

// load sets the next token.
func (p *parser) load() {
	p.token = p.peek(0)
	if p.token.kind == tokenInvalid {
		panic(bailout{p.err})
	}
}

// advance moves to the next token and returns the current one.
func (p *parser) advance() token {
	t := p.token
	p.end = t.end
	p.at++
	if p.at >= maxTokens {
		p.tokens, p.at = p.tokens[:copy(p.tokens, p.tokens[p.at:])], 0
	}
	p.load()
	return t
}

// maxTokens is the number of parsed tokens that are kept.
const maxTokens = 16

// textFrom returns the text from a position to the end of the token before the next one.
func (p *parser) textFrom(start ast.Pos) string {
	return p.text[start:p.end]
}

// accept skips the next token if it is the keyword, and reports whether it is.
func (p *parser) accept(keyword string) bool {
	if !p.token.is(keyword) {
		return false
	}
	p.advance()
	return true
}

// acceptWords skips the next tokens if they are the keywords, and reports whether they are.
func (p *parser) acceptWords(keywords ...string) bool {
	for i, k := range keywords {
		if !p.peek(i).is(k) {
			return false
		}
	}
	for range keywords {
		p.advance()
	}
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

// list parses one or more items, separated by commas.
func (p *parser) list(item func()) {
	for {
		item()
		if !p.acceptSymbol(",") {
			return
		}
	}
}

// add appends an item. Long lists double, which copies less than append does.
func add[T any](list []T, item T) []T {
	if n := len(list); n == cap(list) && n >= 256 {
		list = slices.Grow(list, n)
	}
	return append(list, item)
}

// name parses a name. Error messages call it what.
func (p *parser) name(what string) ast.Name {
	t := p.token
	if !t.isName() {
		if t.kind == tokenWord {
			p.needQuotes(what, t)
		}
		p.unexpected(what)
	}
	if t.text == "" {
		p.fail(t.pos, ast.ErrSyntax, "a name must not be empty")
	}
	p.advance()
	return nameOf(t)
}

func nameOf(t token) ast.Name {
	n := ast.Name{Text: t.text, Pos: t.pos}
	switch t.kind {
	case tokenQuotedName:
		n.Quote = '`'
	case tokenDoubleQuoted:
		n.Quote = '"'
	}
	return n
}

// nameList parses names in parentheses.
func (p *parser) nameList(what string) []ast.Name {
	var names []ast.Name
	p.expectSymbol("(")
	p.list(func() { names = append(names, p.name(what)) })
	p.expectSymbol(")")
	return names
}

// enter counts one more level of nesting, until leave.
func (p *parser) enter() {
	p.nesting++
	if p.nesting > maxNesting {
		p.fail(p.token.pos, ast.ErrSyntax, "nested more than %d levels deep", maxNesting)
	}
}

func (p *parser) leave() { p.nesting-- }

// countOperator counts one more operator of the statement.
func (p *parser) countOperator() {
	p.operators++
	if p.operators > maxOperators {
		p.fail(p.token.pos, ast.ErrSyntax, "more than %d operators in one statement", maxOperators)
	}
}
