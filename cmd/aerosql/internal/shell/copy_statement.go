package shell

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
	"github.com/aerosql/aerosql/querylang/ast"
)

// A copyStatement is COPY, which PostgreSQL has too. It is a statement of the shell: a driver of
// database/sql has no streams.
type copyStatement struct {
	table   string   // namespace.set or set, or "" if there is a query
	columns []string // nil for all
	query   string
	from    bool
	file    string // "" for standard input or output
	format  copyFormat
	header  bool
	comma   rune // between fields
	null    string
}

// A copyFormat is the form of the rows of COPY.
type copyFormat string

const (
	copyText  copyFormat = "TEXT"
	copyCSV   copyFormat = "CSV"
	copyLines copyFormat = "JSONL"
)

// copyForms are the forms of COPY, for errors.
const copyForms = "use COPY table [(column, ...)] FROM STDIN | 'file' or COPY table [(column, ...)] | (query) TO STDOUT | 'file', " +
	"and after it [WITH] (FORMAT TEXT | CSV | JSONL, HEADER, DELIMITER ',', NULL '')"

// isCopy reports whether a statement is COPY.
func isCopy(text string) bool {
	l := copyLexer{text: text}
	return l.next().is("COPY")
}

// parseCopyStatement parses COPY.
func parseCopyStatement(text string) (c *copyStatement, err error) {
	p := &copyParser{copyLexer: copyLexer{text: text}, c: &copyStatement{format: copyText}}
	p.advance()
	p.advance()
	p.source()
	p.target()
	if p.accept("WITH"); p.token.text == "(" && p.token.kind == copySymbol {
		p.advance()
		for p.option(); p.acceptSymbol(","); p.option() {
		}
		p.expectSymbol(")")
	} else {
		for p.err == nil && p.token.kind != copyEnd { // COPY t FROM STDIN CSV HEADER
			p.option()
		}
	}
	if p.token.kind != copyEnd {
		p.fail("unexpected %s", output.Printable(p.token.text))
	}
	p.check()
	return p.c, p.err
}

// The kinds of copyToken.
const (
	copyEnd = iota
	copyWord
	copyName   // in quotes
	copyString // in single quotes
	copySymbol
)

// A copyToken is a word, name, string or character of COPY.
type copyToken struct {
	kind int
	text string
}

func (t copyToken) is(word string) bool { return t.kind == copyWord && strings.EqualFold(t.text, word) }

// A copyLexer splits COPY into tokens.
type copyLexer struct {
	text string
	pos  int
}

// next returns the next token.
func (l *copyLexer) next() copyToken {
	rest := strings.TrimLeftFunc(l.text[l.pos:], unicode.IsSpace)
	for strings.HasPrefix(rest, "--") {
		_, after, _ := strings.Cut(rest, "\n")
		rest = strings.TrimLeftFunc(after, unicode.IsSpace)
	}
	l.pos = len(l.text) - len(rest)
	if rest == "" {
		return copyToken{}
	}
	if n := ast.WordLength(rest); n > 0 {
		l.pos += n
		return copyToken{copyWord, rest[:n]}
	}
	switch quote := rest[:1]; quote {
	case "'", `"`, "`":
		if n := quotedLength(rest); n > 0 {
			l.pos += n
			kind := copyName
			if quote == "'" {
				kind = copyString
			}
			return copyToken{kind, strings.ReplaceAll(rest[1:n-1], quote+quote, quote)}
		}
	}
	l.pos++
	return copyToken{copySymbol, rest[:1]}
}

// quotedLength returns the length of the quoted text at the beginning of a text, 0 if it is not
// closed. A quote in it is doubled.
func quotedLength(text string) int {
	for i := 1; i < len(text); i++ {
		if text[i] != text[0] {
			continue
		}
		if i+1 == len(text) || text[i+1] != text[0] {
			return i + 1
		}
		i++
	}
	return 0
}

// A copyParser parses COPY. After the first mistake it does nothing.
type copyParser struct {
	copyLexer
	token copyToken
	c     *copyStatement
	err   error
}

func (p *copyParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf("COPY: "+format+"; "+copyForms, args...)
	}
}

func (p *copyParser) advance() { p.token = p.next() }

func (p *copyParser) accept(word string) bool {
	found := p.token.is(word)
	if found {
		p.advance()
	}
	return found
}

func (p *copyParser) acceptSymbol(symbol string) bool {
	found := p.token.kind == copySymbol && p.token.text == symbol
	if found {
		p.advance()
	}
	return found
}

func (p *copyParser) expectSymbol(symbol string) {
	if !p.acceptSymbol(symbol) {
		p.fail("expected %s", symbol)
	}
}

// name parses the name of a table or column.
func (p *copyParser) name() string {
	if p.token.kind != copyWord && p.token.kind != copyName {
		p.fail("expected a name")
	}
	text := p.token.text
	p.advance()
	return text
}

// source parses the table with its columns, or the query.
func (p *copyParser) source() {
	if p.token.kind == copySymbol && p.token.text == "(" {
		p.query()
		return
	}
	p.c.table = p.name()
	if p.acceptSymbol(".") {
		p.c.table += "." + p.name()
	}
	if p.acceptSymbol("(") {
		for p.c.columns = append(p.c.columns, p.name()); p.acceptSymbol(","); {
			p.c.columns = append(p.c.columns, p.name())
		}
		p.expectSymbol(")")
	}
}

// query takes the text up to the closing parenthesis.
func (p *copyParser) query() {
	from := p.pos
	for depth := 1; depth > 0; {
		switch t := p.next(); {
		case t.kind == copyEnd:
			p.fail("the parenthesis of the query is not closed")
			return
		case t.kind == copySymbol && t.text == "(":
			depth++
		case t.kind == copySymbol && t.text == ")":
			depth--
		}
	}
	p.c.query = strings.TrimSpace(p.text[from : p.pos-1])
	p.advance()
}

// target parses FROM or TO with what follows.
func (p *copyParser) target() {
	stream := "STDOUT"
	if p.c.from = p.accept("FROM"); p.c.from {
		stream = "STDIN"
	} else if !p.accept("TO") {
		p.fail("expected FROM or TO")
	}
	switch {
	case p.c.from && p.c.query != "":
		p.fail("a query can't be loaded")
	case p.accept(stream):
	case p.token.kind == copyString && p.token.text != "":
		p.c.file = p.token.text
		p.advance()
	case p.token.is("PROGRAM"):
		p.fail("PROGRAM is not supported: the shell runs no programs")
	default:
		p.fail("expected %s or the name of a file in single quotes", stream)
	}
}

// option parses an option.
func (p *copyParser) option() {
	name := strings.ToUpper(p.token.text)
	if p.token.kind != copyWord {
		p.fail("expected an option")
		return
	}
	p.advance()
	switch name {
	case "FORMAT":
		p.format(p.token.text)
		p.advance()
	case "CSV", "TEXT", "JSONL":
		p.format(name)
	case "HEADER":
		p.c.header = !p.accept("FALSE") && !p.accept("OFF")
		if !p.accept("TRUE") && !p.accept("ON") {
			p.accept("MATCH") // the names are always checked
		}
	case "DELIMITER":
		p.accept("AS")
		if runes := []rune(p.string(name)); len(runes) == 1 && !strings.ContainsRune("\"\\\r\n", runes[0]) {
			p.c.comma = runes[0]
		} else {
			p.fail("DELIMITER must be one character, and no quote, backslash or line break")
		}
	case "NULL":
		p.accept("AS")
		p.c.null = "=" + p.string(name)
	case "ENCODING":
		if e := p.string(name); !strings.EqualFold(strings.ReplaceAll(e, "-", ""), "UTF8") {
			p.fail("ENCODING %s is not supported, only UTF8", output.Printable(e))
		}
	default:
		p.fail("the option %s is not supported", output.Printable(name))
	}
}

func (p *copyParser) string(option string) string {
	if p.token.kind != copyString {
		p.fail("%s needs a text in single quotes", option)
	}
	text := p.token.text
	p.advance()
	return text
}

func (p *copyParser) format(name string) {
	p.c.format = copyFormat(strings.ToUpper(name))
	if !slices.Contains([]copyFormat{copyText, copyCSV, copyLines}, p.c.format) {
		p.fail("FORMAT %s is not supported", output.Printable(name))
	}
}

// check sets the defaults that depend on the format.
func (p *copyParser) check() {
	c := p.c
	if c.format == copyLines && (c.header || c.comma != 0 || c.null != "") {
		p.fail("FORMAT JSONL has no HEADER, DELIMITER and NULL")
	}
	if c.comma == 0 {
		c.comma = map[copyFormat]rune{copyText: '\t', copyCSV: ','}[c.format]
	}
	null, given := strings.CutPrefix(c.null, "=")
	if !given && c.format == copyText {
		null = `\N`
	}
	c.null = null
}
