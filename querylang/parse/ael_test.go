package parse_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
)

func TestAEL(t *testing.T) {
	for text, want := range map[string]string{
		"$.age > 21 and $.status == ''active''":                 "age > 21 AND status = 'active'",
		"$.a > 1 or $.b < 2 and not ($.c != 3)":                 "a > 1 OR b < 2 AND NOT (c <> 3)",
		"not not $.a":                                           "NOT NOT a",
		"($.a + 2) * -$.b - -3 >= $.c % 4 / 2":                  "(a + 2) * -b - -3 >= c % 4 / 2",
		"$.a:INT > $.b.get(type: INT)":                          "a > b",
		`$.m.k."x y" == "it''s" /* why */`:                      "(m).k.`x y` = 'it''s'",
		"$.l.[0] == 1 and $.l.[-1].x > 0x10":                    "l[0] = 1 AND l[-1].x > 16",
		"$.m.{@1} == 2.5 and $.m.{@''k''}.[#-1] == 1":           "m[1] = 2.5 AND LIST_BY_RANK(m['k'], -1) = 1",
		"$.m.{#0} == 1":                                         "MAP_BY_RANK(m, 0) = 1",
		"$.a in [1, 2] or $.b in []":                            "a IN (1, 2) OR b IN ()",
		"''gold'' in $.tiers":                                   "tiers CONTAINS 'gold'",
		"$.a.exists() and not $.b.c.exists()":                   "a IS NOT NULL AND NOT (b).c IS NOT NULL",
		"$.l.count() > 2":                                       "CARDINALITY(l) > 2",
		"$.ttl() < 3600 and $.recordSize() > 1":                 "__ttl < 3600 AND __size > 1",
		"$.setName() == ''s'' and $.keyExists()":                "__set = 's' AND __key IS NOT NULL",
		"$.key():INT == 1":                                      "__key = 1",
		"$.s =~ /^a\\/b.*$/":                                    "s REGEXP '^a/b.*$'",
		"when ($.t == 1 => ''g'', default => unknown) == ''g''": "CASE WHEN t = 1 THEN 'g' ELSE NULL END = 'g'",
		"abs($.a) == 1 and ceil($.f) == floor($.f)":             "ABS(a) = 1 AND CEIL(f) = FLOOR(f)",
		"$.__ttl == 1 and $.pk == 2":                            "BIN('__ttl') = 1 AND BIN('pk') = 2",
		"true":                                                  "TRUE",
	} {
		got, err := parse.One("SELECT a FROM t WHERE AEL('"+text+"')", parse.Standard)
		require.NoError(t, err, text)
		plain, err := parse.One("SELECT a FROM t WHERE "+want, parse.Standard)
		require.NoError(t, err, want)
		unquoted := func(p *parse.Parsed) string { return strings.ReplaceAll(p.Statement.String(), "`", "") }
		require.Equal(t, unquoted(plain), unquoted(got), text)
		again, err := parse.One(got.Statement.String(), parse.Standard)
		require.NoError(t, err, text)
		require.Equal(t, got.Statement.String(), again.Statement.String(), text)
	}
}

// A mistake is shown at its place in the statement, behind quotes that are doubled.
func TestAELErrors(t *testing.T) {
	const before = len("SELECT AEL('")
	for text, want := range map[string]struct {
		kind    error
		at      int
		message string
	}{
		"":                            {ast.ErrSyntax, 0, "expected a value, found the end of the text of AEL"},
		"$.a > ":                      {ast.ErrSyntax, 6, "expected a value"},
		"$.a == ''x'' )":              {ast.ErrSyntax, 13, "expected the end of the expression in the text of AEL, found )"},
		"$.a = 1":                     {ast.ErrSyntax, 4, "AEL compares with =="},
		"1 < $.a < 3":                 {ast.ErrSyntax, 8, "do not chain"},
		"a > 1":                       {ast.ErrSyntax, 0, "the bin is $.a"},
		"$.a == \"x":                  {ast.ErrSyntax, 7, "not closed"},
		"$.a == 99999999999999999999": {ast.ErrSyntax, 7, "does not fit in 64 bits"},
		"$.a == \"\\q\"":              {ast.ErrSyntax, 8, "the escape"},
		"$.m.{1:3} == 1":              {ast.ErrUnsupported, 4, "this selector is not supported"},
		"$.m.[0:3] == 1":              {ast.ErrUnsupported, 4, "ranges"},
		"$.m.*.x == 1":                {ast.ErrUnsupported, 4, "UNNEST"},
		"$.voidTime() > 1":            {ast.ErrUnsupported, 2, "__void_time"},
		"$.a.sort() == 1":             {ast.ErrUnsupported, 4, "sort() is not supported"},
		"let (x = 1) then (x)":        {ast.ErrUnsupported, 0, "let(...) is not supported"},
		"$.a & 1 == 1":                {ast.ErrUnsupported, 4, "the operator &"},
		"$.s =~ /a/i":                 {ast.ErrUnsupported, 10, "flags"},
		"$.s =~ /a":                   {ast.ErrSyntax, 7, "not closed"},
		"$.a:NUMBER > 1":              {ast.ErrUnsupported, 3, "expected a type"},
		"$.m == {1: 2}":               {ast.ErrUnsupported, 7, "MAP{...}"},
	} {
		_, err := parse.One("SELECT AEL('"+text+"') FROM t", parse.Standard)
		require.ErrorIs(t, err, want.kind, text)
		require.ErrorContains(t, err, want.message, text)
		e := err.(*ast.Error)
		require.Equal(t, before+want.at+1, e.Column, text)
	}
	_, err := parse.One("SELECT a FROM t WHERE AEL(?)", parse.Standard)
	require.ErrorContains(t, err, "AEL takes an expression as a constant string")
}
