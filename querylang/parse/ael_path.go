package parse

import (
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// path parses what begins with $: a bin, what is in it, and a function of a value or of the record.
func (a *aelParser) path() ast.Expr {
	pos := a.pos()
	a.expect("$")
	a.expect(".")
	if word := a.word(); word != "" && strings.HasPrefix(a.text[a.at+len(word):], "(") {
		return a.metadata(word)
	}
	x := a.bin(pos)
	for a.at < len(a.text) {
		switch a.text[a.at] {
		case '.':
			a.at++
			if word := a.word(); word != "" && strings.HasPrefix(a.text[a.at+len(word):], "(") {
				return a.terminal(x, word)
			}
			x = a.step(x)
		case ':':
			a.typeSuffix()
			return x
		default:
			return x
		}
	}
	return x
}

// bin parses the name of a bin.
func (a *aelParser) bin(pos ast.Pos) ast.Expr {
	name, at := a.name("the name of a bin"), pos+2
	if strings.HasPrefix(name, "__") || strings.EqualFold(name, "PK") {
		// A pseudo column hides the bin.
		return &ast.Call{Name: ast.Name{Text: "BIN", Pos: at}, Args: []ast.Expr{&ast.Literal{Value: protocol.String(name), Pos: at}}}
	}
	return &ast.Column{Parts: []ast.Name{{Text: name, Quote: '`', Pos: at}}}
}

// name parses a name or a key, which may be in quotes.
func (a *aelParser) name(what string) string {
	if a.at < len(a.text) && (a.text[a.at] == '"' || a.text[a.at] == '\'') {
		name := a.quoted()
		if name == "" {
			a.unexpected(what)
		}
		return name
	}
	name := a.word()
	if name == "" {
		a.unexpected(what)
	}
	a.at += len(name)
	return name
}

// step parses one step into a collection, after the dot.
func (a *aelParser) step(x ast.Expr) ast.Expr {
	pos := a.pos()
	if a.at == len(a.text) {
		a.unexpected("a key, [index] or {@key}")
	}
	switch a.text[a.at] {
	case '[':
		return a.selector(x, "]", "LIST_BY_RANK", pos)
	case '{':
		return a.selector(x, "}", "MAP_BY_RANK", pos)
	case '*':
		a.p.refuse(pos, "the wildcard * is not supported in AEL; use UNNEST in SQL")
	}
	key := ast.Name{Quote: '`', Pos: pos}
	key.Text = a.name("a key, [index] or {@key}")
	return into(x, ast.Step{Name: key, Pos: pos})
}

// into returns the path one step further into a value.
func into(x ast.Expr, step ast.Step) ast.Expr {
	if path, ok := x.(*ast.Path); ok {
		return &ast.Path{X: path.X, Steps: append(slices.Clone(path.Steps), step)}
	}
	return &ast.Path{X: x, Steps: []ast.Step{step}}
}

// selector parses [index], [#rank], {@key} or {#rank}.
func (a *aelParser) selector(x ast.Expr, end, byRank string, pos ast.Pos) ast.Expr {
	list := end == "]"
	a.at++
	byKey, call := false, ""
	switch {
	case a.accept("#"):
		call = byRank
	case !list && a.accept("@"):
		byKey = true
	case list && a.at < len(a.text) && (isDigit(a.text[a.at]) || a.text[a.at] == '-'):
	default:
		a.p.refuse(pos, "this selector is not supported in AEL; those are [index], [#rank], {@key} and {#rank}, each of one element")
	}
	index := a.signed()
	constant, ok := index.(*ast.Literal)
	if !ok || !byKey && constant.Value.Kind() != protocol.KindInt {
		a.p.fail(index.Position(), ast.ErrSyntax, "a selector takes a constant")
	}
	if !a.accept(end) {
		a.p.refuse(pos, "ranges and lists of selectors are not supported in AEL")
	}
	if call == "" {
		return into(x, ast.Step{Index: index, Pos: pos})
	}
	return &ast.Call{Name: ast.Name{Text: call, Pos: pos}, Args: []ast.Expr{x, index}}
}

// aelTypes are the types that a path may end with, as in $.a:INT.
var aelTypes = []string{"INT", "FLOAT", "STRING", "BOOL", "BLOB", "LIST", "MAP", "GEO", "HLL"}

// typeSuffix parses :TYPE. SQL finds the type of a value itself.
func (a *aelParser) typeSuffix() {
	pos := a.pos()
	a.at++
	word := a.word()
	if !slices.Contains(aelTypes, word) {
		a.p.refuse(pos, "expected a type after the colon: %s", strings.Join(aelTypes, ", "))
	}
	a.at += len(word)
}

// aelMetadata are the functions of a record that are pseudo columns.
var aelMetadata = map[string]string{
	"ttl": "__ttl", "recordSize": "__size", "setName": "__set", "key": "__key", "keyExists": "__key",
}

// metadata parses a function of the record.
func (a *aelParser) metadata(word string) ast.Expr {
	pos := a.pos()
	column, ok := aelMetadata[word]
	if !ok {
		a.p.refuse(pos, "$.%s() is not supported in AEL; the functions of a record are ttl, recordSize, setName, key and keyExists, and SQL has __last_update and __void_time", word)
	}
	a.empty(word)
	x := &ast.Column{Parts: []ast.Name{{Text: column, Pos: pos}}}
	if word == "keyExists" {
		return &ast.Is{X: x, Test: ast.IsNull, Not: true}
	}
	if word == "key" && a.at < len(a.text) && a.text[a.at] == ':' {
		a.typeSuffix()
	}
	return x
}

// terminal parses a function of a value at the end of a path.
func (a *aelParser) terminal(x ast.Expr, word string) ast.Expr {
	pos := a.pos()
	switch word {
	case "exists":
		a.empty(word)
		return &ast.Is{X: x, Test: ast.IsNull, Not: true}
	case "count":
		a.empty(word)
		return &ast.Call{Name: ast.Name{Text: "CARDINALITY", Pos: pos}, Args: []ast.Expr{x}}
	case "get":
		a.at += len(word)
		a.expect("(")
		if a.acceptWord("type") {
			a.skipBlanks()
			if a.at == len(a.text) || a.text[a.at] != ':' {
				a.unexpected(":")
			}
			a.typeSuffix()
		}
		a.expect(")")
		return x
	}
	a.p.refuse(pos, "%s() is not supported in AEL; the functions of a value are exists, count and get", word)
	return nil
}

// empty parses the name of a function and empty parentheses.
func (a *aelParser) empty(word string) {
	a.at += len(word)
	a.expect("(")
	a.expect(")")
}
