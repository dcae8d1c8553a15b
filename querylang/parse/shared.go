package parse

import (
	"math"
	"strconv"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// maxSharedLen is the maximum length in bytes of a text whose plan can be shared.
const maxSharedLen = 64 << 10

// Normalize returns a key that is equal for texts that differ only in blanks, comments and some
// literals, and the values of these literals. They are the numbers, strings and blobs after WHERE,
// VALUES, SET, HAVING and ON. Those in select lists, GROUP BY, ORDER BY and LIMIT, in arguments of
// functions and types, patterns, and those in paths and in typed literals are part of the key. The
// strings of the values share the memory of the text.
//
// If ok is false the text is not one statement that reads or writes, or it is too long.
func Normalize(text string, dialect Dialect) (key string, literals []protocol.Value, ok bool) {
	n, ok := normalize(text, dialect)
	if !ok {
		return "", nil, false
	}
	return string(n.key), n.values, true
}

// Shared parses a text so that the statement fits all texts with its key: the literals that
// [Normalize] returns are parameters, with indexes from Params.Count on. If ok is false the text
// can't be shared, or it has an error: use [One]. If such a statement can't be bound or planned,
// use One as well, because some errors and rules depend on constants.
func Shared(text string, dialect Dialect) (parsed *Parsed, ok bool) {
	n, ok := normalize(text, dialect)
	if !ok || invalidUTF8(text) >= 0 {
		return nil, false
	}
	p := &parser{lexer: lexer{text: text}, dialect: dialect, literals: n.places}
	all, err := p.all()
	if err != nil || len(all) != 1 || len(p.literalParams) != len(n.places) {
		return nil, false
	}
	for i, param := range p.literalParams {
		param.Index = all[0].Params.Count + i
	}
	return all[0], true
}

// literal returns a literal, or the parameter that stands for it in a shared statement.
func (p *parser) literal(value protocol.Value, pos ast.Pos) ast.Expr {
	if next := len(p.literalParams); next == len(p.literals) || p.literals[next] != pos {
		return &ast.Literal{Value: value, Pos: pos}
	}
	param := &ast.Param{Text: "?", Kind: value.Kind(), Pos: pos}
	p.literalParams = append(p.literalParams, param)
	return param
}

// A normalizer reads the tokens of a statement and builds its key.
type normalizer struct {
	lexer   lexer
	dialect Dialect
	key     []byte
	values  []protocol.Value // of the literals
	places  []ast.Pos        // of the literals, or of their signs
	levels  []level
	last    token   // the token before the current one
	minus   ast.Pos // the position of a sign that waits for its number, or -1
}

// A level is the state inside a pair of parentheses.
type level struct {
	on     bool // literals are parameters
	names  bool // the text names columns, so that nothing in parentheses is a parameter
	frozen bool // names was true outside
}

var sharedStatements = ast.Words("SELECT WITH VALUES INSERT UPSERT REPLACE UPDATE DELETE")

// normalize reads a text.
func normalize(text string, dialect Dialect) (n *normalizer, ok bool) {
	if len(text) > maxSharedLen {
		return nil, false
	}
	n = &normalizer{
		lexer: lexer{text: text}, dialect: dialect, key: make([]byte, 0, len(text)+16),
		levels: make([]level, 1, 8), values: make([]protocol.Value, 0, 8), places: make([]ast.Pos, 0, 8), minus: -1,
	}
	n.key = append(n.key, '0'+byte(dialect))
	t := n.lexer.next()
	if _, ok := sharedStatements.Find(t.text); !ok || t.kind != tokenWord {
		return nil, false
	}
	for ; t.kind != tokenEnd; t = n.lexer.next() {
		if t.kind == tokenInvalid || len(n.levels) > maxNesting {
			return nil, false
		}
		if t.isSymbol(";") {
			if n.lexer.next().kind != tokenEnd {
				return nil, false
			}
			break
		}
		if !n.add(t) {
			return nil, false
		}
	}
	n.flushMinus()
	return n, len(n.levels) == 1
}

// add adds a token to the key. It reports whether the statement can be shared.
func (n *normalizer) add(t token) bool {
	if n.levels[len(n.levels)-1].on && n.isLiteral(t) {
		if value, marker, ok := n.value(t); ok {
			pos := t.pos
			if n.minus >= 0 {
				pos, n.minus = n.minus, -1
			}
			n.values, n.places = append(n.values, value), append(n.places, pos)
			n.key = append(n.key, 1, marker)
			n.last = t
			return true
		}
		return false
	}
	n.flushMinus()
	if t.isSymbol("-") && !n.last.endsOperand() {
		n.minus = t.pos
	} else {
		n.write(t)
	}
	ok := true
	switch t.kind {
	case tokenSymbol:
		ok = n.symbol(t)
	case tokenWord:
		ok = n.word(t)
	}
	n.last = t
	return ok
}

// write adds a token to the key as it was written.
func (n *normalizer) write(t token) {
	n.key = append(append(n.key, ' '), n.lexer.text[t.pos:t.end]...)
}

func (n *normalizer) flushMinus() {
	if n.minus >= 0 {
		n.key = append(n.key, " -"...)
		n.minus = -1
	}
}

// isLiteral reports whether the token is a literal that can be a parameter.
func (n *normalizer) isLiteral(t token) bool {
	switch t.kind {
	case tokenString, tokenBlob:
		if n.minus >= 0 {
			return false
		}
	case tokenInteger, tokenFloat:
	default:
		return false
	}
	before := n.last
	if before.kind != tokenWord {
		return true
	}
	_, typed := literalTypes.Find(before.text)
	return !typed && !before.isAny("INTERVAL", "LIKE", "ILIKE", "REGEXP", "RLIKE", "ESCAPE", "ZONE", "FETCH")
}

// value returns the value of a literal and a letter for its type.
func (n *normalizer) value(t token) (v protocol.Value, marker byte, ok bool) {
	sign := ""
	if n.minus >= 0 {
		sign = "-"
	}
	switch t.kind {
	case tokenString:
		return protocol.String(t.text), 's', true
	case tokenBlob:
		return protocol.Blob([]byte(t.text)), 'b', true
	case tokenInteger:
		i, err := parseInteger(sign, t.text)
		return protocol.Int(i), 'i', err == nil
	}
	f, err := strconv.ParseFloat(sign+t.text, 64)
	return protocol.Float(f), 'f', err == nil && !math.IsInf(f, 0)
}

// endsOperand reports whether an operand can end with the token, so that a minus sign after it is
// an operator.
func (t token) endsOperand() bool {
	switch t.kind {
	case tokenEnd:
		return false
	case tokenSymbol:
		return t.text == ")" || t.text == "]" || t.text == "}"
	case tokenWord:
		return !ast.IsReserved(t.text) || ast.IsNiladic(t.text) || t.isAny("NULL", "TRUE", "FALSE")
	}
	return true
}

func (n *normalizer) symbol(t token) bool {
	top := n.levels[len(n.levels)-1]
	switch t.text {
	case "(", "{":
		function := n.last.kind == tokenWord && (!ast.IsReserved(n.last.text) || n.last.isAny("LEFT", "RIGHT"))
		n.levels = append(n.levels, level{on: top.on && !function, frozen: top.frozen || top.names})
	case "[":
		n.levels = append(n.levels, level{frozen: true})
	case ")", "}", "]":
		if len(n.levels) == 1 {
			return false
		}
		n.levels = n.levels[:len(n.levels)-1]
	}
	return true
}

// word changes the state at a word that starts a clause.
func (n *normalizer) word(t token) bool {
	if n.dialect == AQL && t.isAny("DIGEST", "EDIGEST") {
		return false // their values are decoded when they are parsed
	}
	top := &n.levels[len(n.levels)-1]
	if top.frozen {
		return true
	}
	switch {
	case t.isAny("WHERE", "HAVING", "ON", "VALUES", "SET", "UPDATE"):
		*top = level{on: true}
	case t.isAny("SELECT", "GROUP", "ORDER", "RETURNING"):
		*top = level{names: true}
	case t.is("FROM") && n.last.is("DISTINCT"): // IS DISTINCT FROM
	case t.isAny("FROM", "LIMIT", "OFFSET", "FETCH", "WITH", "JOIN", "AS", "INSERT", "UNION", "EXCEPT", "INTERSECT"):
		*top = level{}
	}
	return true
}
