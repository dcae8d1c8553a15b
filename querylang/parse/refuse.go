package parse

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// unexpected fails because the next token is not what is wanted.
func (p *parser) unexpected(wanted string) {
	p.refuseClause()
	t := p.token
	if p.implicit.kind == tokenWord && p.implicit.end == p.end { // a misspelled word was taken for an alias
		if near := nearestWord(p.implicit, clauseWords); near != "" {
			p.fail(p.implicit.pos, ast.ErrSyntax, "expected %s, found %s%s", wanted, p.implicit.describe(), near)
		}
	}
	switch {
	case p.end == t.pos && p.end > 1 && p.text[p.end-1] == '\'' && t.kind == tokenWord:
		p.fail(t.pos, ast.ErrSyntax, "expected %s, found %s; a quote inside a string is doubled, as in 'it''s'", wanted, t.describe())
	case t.isSymbol(":"):
		p.fail(t.pos, ast.ErrSyntax, "a name is missing after :")
	case t.kind == tokenWord && ast.IsReserved(t.text):
		p.fail(t.pos, ast.ErrSyntax, "expected %s, found the keyword %s", wanted, strings.ToUpper(t.text))
	}
	p.fail(t.pos, ast.ErrSyntax, "expected %s, found %s%s", wanted, t.describe(), nearestWord(t, clauseWords))
}

// clauseWords are words that can go on a statement.
var clauseWords = strings.Fields(`FROM WHERE GROUP HAVING ORDER LIMIT OFFSET FETCH JOIN INNER LEFT RIGHT CROSS NATURAL UNION EXCEPT
	INTERSECT WITH VALUES SET RETURNING AND BETWEEN LIKE ILIKE REGEXP CONTAINS DESC ASC USING THEN WHEN ELSE END`)

// nearestWord returns a question for the one of some words that an unquoted word is similar to, or
// "".
func nearestWord(t token, words []string) string {
	if t.kind != tokenWord || len(t.text) < 2 || ast.IsReserved(t.text) {
		return ""
	}
	if near := ast.Nearest(t.text, words); near != "" && !t.is(near) {
		return "; did you mean " + near + "?"
	}
	return ""
}

// needQuotes fails because a keyword can only be a name if it is quoted.
func (p *parser) needQuotes(what string, keyword token) {
	p.fail(keyword.pos, ast.ErrSyntax, "expected %s, found the keyword %s; to use it as a name, quote it: `%s`",
		what, strings.ToUpper(keyword.text), keyword.text)
}

// clauses holds the words that start a clause or are operators, so that they are aliases only after
// AS. The value names what is not supported, with what to use instead; it is "" for clauses that
// are.
var clauses = ast.WordMap[string]{
	"FETCH": "", "PARTITION": "", "TABLESAMPLE": "", "WITH": "", "EXCEPT": "", "INTERSECT": "", "ILIKE": "",
	"REGEXP": "", "RLIKE": "", "CONTAINS": "", "COLLATE": "", "ISNULL": "", "NOTNULL": "", "ESCAPE": "", "FILTER": "",
	"SEPARATOR": "", "DO": "", "FOR": "",

	"USE": "USE INDEX", "FORCE": "FORCE INDEX", "IGNORE": "IGNORE INDEX", "INDEXED": "INDEXED BY",
	"WINDOW": "WINDOW", "OVER": "OVER; there are no window functions", "QUALIFY": "QUALIFY", "PIVOT": "PIVOT",
	"UNPIVOT": "UNPIVOT", "MATCH_RECOGNIZE": "MATCH_RECOGNIZE", "LATERAL": "LATERAL", "STRAIGHT_JOIN": "STRAIGHT_JOIN",
	"INTO": "SELECT INTO", "GLOB": "GLOB; use LIKE or REGEXP", "MATCH": "MATCH", "SIMILAR": "SIMILAR TO; use REGEXP",
	"MINUS": "MINUS; use EXCEPT", "ASOF": "ASOF JOIN", "SEMI": "SEMI JOIN; use IN or EXISTS",
	"ANTI": "ANTI JOIN; use NOT EXISTS", "DIV": "the operator DIV; use /, which drops the fraction of integers",
	"MOD": "the operator MOD; use %", "XOR": "the operator XOR; use <> between conditions", "OVERLAPS": "OVERLAPS",
	"SOUNDS": "SOUNDS LIKE", "MEMBER": "MEMBER OF; use CONTAINS", "REPEATABLE": "REPEATABLE",
	"WITHIN": "WITHIN; use ST_WITHIN(x, region)", "INTERVAL": "INTERVAL in this place",
}

// clausePairs are like clauses, for words that start a clause only before one of some other words.
var clausePairs = ast.WordMap[struct{ second, what string }]{
	"FOR": {"UPDATE SHARE NO KEY READ", "FOR UPDATE or SHARE"}, "LOCK": {"IN", "LOCK IN SHARE MODE"}, "START": {"WITH", "START WITH"}, "CONNECT": {"BY", "CONNECT BY"},
	"CLUSTER": {"BY", "CLUSTER BY"}, "DISTRIBUTE": {"BY", "DISTRIBUTE BY"}, "SORT": {"BY", "SORT BY"},
	"AT": {"TIME", "AT TIME ZONE"}, "PROCEDURE": {"ANALYSE", "PROCEDURE ANALYSE"},
}

// startsClause reports whether the next token starts a clause and can't be an alias. If the clause
// is not supported, what is its name.
func (p *parser) startsClause() (what string, ok bool) {
	if p.token.kind != tokenWord {
		return "", false
	}
	if pair, ok := clausePairs.Find(p.token.text); ok && p.peek(1).isAny(strings.Fields(pair.second)...) {
		return pair.what, true
	}
	return clauses.Find(p.token.text)
}

// refuseClause fails if the next token starts a clause that is not supported.
func (p *parser) refuseClause() {
	what, _ := p.startsClause()
	if what == "" {
		return
	}
	what, instead, ok := strings.Cut(what, "; ")
	if ok {
		p.refuse(p.token.pos, "%s is not supported; %s", what, instead)
	}
	p.refuse(p.token.pos, "%s is not supported", what)
}

// alias parses [AS] name, or returns the zero Name.
func (p *parser) alias() ast.Name {
	if p.accept("AS") {
		return p.name("an alias")
	}
	if !p.token.isName() {
		return ast.Name{}
	}
	if _, ok := p.startsClause(); ok {
		return ast.Name{}
	}
	p.implicit = p.token
	return p.name("an alias")
}
