// Package complete finds what can follow the beginning of a statement: tables, columns, functions
// and keywords. The shell and the console use it.
package complete

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/aerosql/aerosql/querylang/function"
)

// keywords are the words that completion offers.
var keywords = strings.Fields(`ALL ALTER ANALYZE AND AS ASC BEGIN BETWEEN BY CALL CASE CAST CHECK CLOSE COLUMN COMMENT COMMIT CONFLICT
	CONTAINS COPY CREATE CROSS CURSOR DECLARE DEFAULT DELETE DESC DESCRIBE DISTINCT DO DROP ELSE END EXCEPT EXECUTE EXISTS EXPLAIN FALSE FETCH
	FIRST FOR FORMAT FROM FUNCTION GRANT GROUP HAVING IF IGNORE ILIKE IN INDEX INNER INSERT INTERSECT INTO IS JOIN KEY KILL LAST LEFT LIKE LIMIT
	NATURAL NOT NOTHING NULL NULLS OFFSET ON OR ORDER OUTER PK PRIMARY REGEXP REPLACE RESET RETURNING REVOKE RIGHT ROLE ROLLBACK SELECT SET
	SHOW TABLE THEN TO TRUE TRUNCATE UNION UNIQUE UNNEST UPDATE UPSERT USER USING VALUES VIEW WAIT WHEN WHERE WITH __digest __generation
	__set __ttl`)

// showWords are what SHOW shows.
var showWords = strings.Fields(`COLUMNS CREATE BINS INDEXES NAMESPACES SETS NODES JOBS FUNCTIONS MODULES VARIABLES CURSORS USERS ROLES GRANTS TABLES VIEWS`)

// tableWords come before the name of a table.
var tableWords = strings.Fields("FROM JOIN INTO UPDATE TABLE DESCRIBE TRUNCATE ANALYZE")

// functions are the names of all functions, in order.
var functions = functionNames()

func functionNames() []string {
	list := slices.Clone(function.Names())
	for _, a := range function.Aggregates() {
		list = append(list, a.Name)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// A Candidate is what completion offers, and what it is: "table", "column", "function", "keyword"
// or another word for readers. The text of a function ends in a parenthesis.
type Candidate struct {
	Text string `json:"text"`
	What string `json:"what"`
}

// A Completer completes statements for a database. It keeps the names of tables and columns for
// some time.
type Completer struct{ names names }

// New returns a completer.
func New(db *sql.DB) *Completer { return &Completer{names{db: db}} }

// timeLimit is how long completion waits for the cluster.
const timeLimit = 500 * time.Millisecond

// Candidates returns what can follow a text, and the part of the text that is the beginning of
// each.
func (c *Completer) Candidates(ctx context.Context, text string) (found []Candidate, prefix string) {
	prefix = text[lastWord(text):]
	before := strings.ToUpper(text[:len(text)-len(prefix)])
	words := strings.FieldsFunc(before, func(r rune) bool { return strings.ContainsRune(" \t\n(,;", r) })
	last := ""
	if len(words) > 0 {
		last = words[len(words)-1]
	}
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	switch {
	case last == "SHOW":
		return Matching(prefix, Group("what", showWords...)), prefix
	case last == "FORMAT":
		return Matching(prefix, Group("format", "TEXT", "JSON")), prefix
	case slices.Contains(tableWords, last) || strings.HasSuffix(strings.TrimSpace(before), ",") && followsFrom(words):
		return c.Tables(ctx, prefix), prefix
	case inside(text):
		return nil, prefix
	}
	if table, column, dotted := cutLastDot(prefix); dotted {
		columns := c.names.columns(ctx, tableOf(text, table))
		return matchingAfter(table+".", column, Group("column", columns...)), prefix
	}
	for _, table := range tablesIn(text) {
		found = append(found, Matching(prefix, Group("column", c.names.columns(ctx, table)...))...)
	}
	found = append(found, c.Tables(ctx, prefix)...)
	if prefix != "" {
		for _, name := range functions {
			found = append(found, Matching(prefix, []Candidate{{name + "(", "function"}})...)
		}
	}
	return append(found, Matching(prefix, Group("keyword", keywords...))...), prefix
}

// Tables returns the tables whose names begin with a prefix, which may have a namespace.
func (c *Completer) Tables(ctx context.Context, prefix string) (found []Candidate) {
	namespace, _, dotted := strings.Cut(prefix, ".")
	for _, t := range c.names.tables(ctx) {
		switch {
		case !dotted:
			found = append(found, Matching(prefix, Group("table", t.name))...)
		case t.namespace == namespace:
			found = append(found, Matching(prefix, Group("table", t.namespace+"."+t.name))...)
		}
	}
	return found
}

// Group returns candidates of one kind.
func Group(what string, texts ...string) []Candidate {
	list := make([]Candidate, len(texts))
	for i, text := range texts {
		list[i] = Candidate{text, what}
	}
	return list
}

// Matching returns the candidates that begin with a prefix, ignoring case. Keywords and functions
// are in the case of the prefix.
func Matching(prefix string, all []Candidate) (found []Candidate) {
	return matchingAfter("", prefix, all)
}

func matchingAfter(head, prefix string, all []Candidate) (found []Candidate) {
	lower := prefix != "" && prefix == strings.ToLower(prefix)
	for _, c := range all {
		if len(c.Text) < len(prefix) || !strings.EqualFold(c.Text[:len(prefix)], prefix) {
			continue
		}
		if lower && c.What != "table" && c.What != "column" {
			c.Text = strings.ToLower(c.Text)
		}
		c.Text = head + c.Text
		found = append(found, c)
	}
	return found
}

// lastWord returns the place where the last word of a text begins.
func lastWord(text string) int {
	i := len(text)
	for i > 0 && strings.IndexByte(" \t\n(),;=<>+-*/%|&'\"[]{}", text[i-1]) < 0 {
		i--
	}
	return i
}

// inside reports whether the end of a text is within a string.
func inside(text string) bool { return strings.Count(text, "'")%2 == 1 }

func cutLastDot(word string) (before, after string, found bool) {
	if i := strings.LastIndexByte(word, '.'); i > 0 {
		return word[:i], word[i+1:], true
	}
	return "", word, false
}

// followsFrom reports whether the last words are a list after FROM.
func followsFrom(words []string) bool {
	for i := len(words) - 1; i >= 0; i-- {
		if words[i] == "FROM" {
			return true
		}
		if slices.Contains(keywords, words[i]) && words[i] != "AS" {
			return false
		}
	}
	return false
}

// tablesIn returns the names of the tables in a text.
func tablesIn(text string) (tables []string) {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n(),;", r) })
	for i := 1; i < len(words); i++ {
		if slices.Contains(tableWords, strings.ToUpper(words[i-1])) && !slices.Contains(tables, words[i]) {
			tables = append(tables, words[i])
		}
	}
	return tables
}

// tableOf returns the table that a name in a text means: the name itself or, if it is an alias, the
// word before it.
func tableOf(text, name string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n(),;", r) })
	for i := 1; i < len(words); i++ {
		if words[i] != name {
			continue
		}
		table := words[i-1]
		if strings.EqualFold(table, "AS") && i > 1 {
			table = words[i-2]
		}
		if !slices.Contains(keywords, strings.ToUpper(table)) {
			return table
		}
	}
	return name
}
