package shell

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/reeflective/readline"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// keywords are the words that completion offers.
var keywords = strings.Fields(`ALL ALTER ANALYZE AND AS ASC BEGIN BETWEEN BY CALL CASE CAST CHECK CLOSE COLUMN COMMENT COMMIT COPY CREATE CROSS
	CURSOR DECLARE DEFAULT DELETE DESC DESCRIBE DISTINCT DROP ELSE END EXCEPT EXECUTE EXISTS EXPLAIN FALSE FETCH FOR FROM FUNCTION GRANT GROUP
	HAVING IGNORE ILIKE IN INDEX INNER INSERT INTERSECT INTO IS JOIN KILL LEFT LIKE LIMIT NATURAL NOT NULL OFFSET ON OR ORDER OUTER PRIMARY KEY
	REGEXP REPLACE RESET RETURNING REVOKE RIGHT ROLE ROLLBACK SELECT SET SHOW TABLE THEN TO TRUE TRUNCATE UNION UNIQUE UPDATE UPSERT USER USING
	VALUES VIEW WAIT WHEN WHERE WITH`)

// showWords are what SHOW shows.
var showWords = strings.Fields(`COLUMNS CREATE BINS INDEXES NAMESPACES SETS NODES JOBS FUNCTIONS MODULES VARIABLES CURSORS USERS ROLES GRANTS TABLES VIEWS`)

// tableWords come before the name of a table.
var tableWords = strings.Fields("FROM JOIN INTO UPDATE TABLE DESCRIBE TRUNCATE ANALYZE")

// A candidate is what completion offers, with its group.
type candidate struct{ text, what string }

// complete returns what can follow a text, as the editor wants it.
func (s *shell) complete(text string) readline.Completions {
	found, prefix := s.candidates(text)
	list := make([]readline.Completion, len(found))
	for i, c := range found {
		list[i] = readline.Completion{Value: c.text, Display: c.text, Tag: c.what}
	}
	completions := readline.CompleteRaw(list)
	completions.PREFIX = prefix
	return completions
}

// candidates returns what can follow a text, and the part of the text that is the beginning of
// each.
func (s *shell) candidates(text string) (found []candidate, prefix string) {
	if line := strings.TrimLeft(text, " "); strings.HasPrefix(line, `\`) {
		return s.metaCandidates(line)
	}
	prefix = text[lastWord(text):]
	before := strings.ToUpper(text[:len(text)-len(prefix)])
	words := strings.FieldsFunc(before, func(r rune) bool { return strings.ContainsRune(" \t\n(,;", r) })
	last := ""
	if len(words) > 0 {
		last = words[len(words)-1]
	}
	ctx, cancel := context.WithTimeout(context.Background(), completionTime)
	defer cancel()
	switch {
	case last == "SHOW":
		return matching(prefix, group("what", showWords...)), prefix
	case last == "FORMAT":
		return matching(prefix, group("format", "TEXT", "JSON")), prefix
	case slices.Contains(tableWords, last) || strings.HasSuffix(strings.TrimSpace(before), ",") && followsFrom(words):
		return matching(prefix, group("table", s.names.tables(ctx, s.db)...)), prefix
	case inside(text):
		return nil, prefix
	}
	if table, column, dotted := cutLastDot(prefix); dotted {
		columns := s.names.columns(ctx, s.db, s.tableOf(text, table))
		return matchingAfter(table+".", column, group("column", columns...)), prefix
	}
	for _, table := range tablesIn(text) {
		found = append(found, matching(prefix, group("column", s.names.columns(ctx, s.db, table)...))...)
	}
	found = append(found, matching(prefix, group("table", s.names.tables(ctx, s.db)...))...)
	if prefix != "" {
		for _, name := range function.Names() {
			found = append(found, matching(prefix, []candidate{{name + "(", "function"}})...)
		}
	}
	return append(found, matching(prefix, group("keyword", keywords...))...), prefix
}

// completionTime is how long completion waits for the cluster.
const completionTime = 500 * time.Millisecond

func group(what string, texts ...string) []candidate {
	list := make([]candidate, len(texts))
	for i, text := range texts {
		list[i] = candidate{text, what}
	}
	return list
}

// matching returns the candidates that begin with a prefix, ignoring case. Keywords and functions
// are in the case of the prefix.
func matching(prefix string, all []candidate) (found []candidate) {
	return matchingAfter("", prefix, all)
}

func matchingAfter(head, prefix string, all []candidate) (found []candidate) {
	lower := prefix != "" && prefix == strings.ToLower(prefix)
	for _, c := range all {
		if len(c.text) < len(prefix) || !strings.EqualFold(c.text[:len(prefix)], prefix) {
			continue
		}
		if lower && c.what != "table" && c.what != "column" {
			c.text = strings.ToLower(c.text)
		}
		c.text = head + c.text
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
func (s *shell) tableOf(text, name string) string {
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

// metaCandidates returns what can follow the beginning of a command of the shell.
func (s *shell) metaCandidates(line string) (found []candidate, prefix string) {
	name, args, hasArgs := strings.Cut(line, " ")
	if !hasArgs {
		for _, m := range metaCommands() {
			if strings.HasPrefix(m.name, name) {
				found = append(found, candidate{m.name, "command"})
			}
		}
		return found, name
	}
	prefix = args[strings.LastIndexByte(args, ' ')+1:]
	ctx, cancel := context.WithTimeout(context.Background(), completionTime)
	defer cancel()
	upper := strings.ToUpper(args)
	switch {
	case name == `\i`, name == `\o`, name == `\copy` && (strings.Contains(upper, " FROM ") || strings.Contains(upper, " TO ")):
		return files(prefix), prefix
	case name == `\copy` && strings.Contains(args, " "):
		return matching(prefix, group("direction", "FROM", "TO")), prefix
	case name == `\d`, name == `\di`, name == `\copy`:
		return matching(prefix, group("table", s.names.tables(ctx, s.db)...)), prefix
	case name == `\x`:
		return matching(prefix, group("value", "on", "off", "auto")), prefix
	case name == `\timing`:
		return matching(prefix, group("value", "on", "off")), prefix
	case name == `\format`:
		return matching(prefix, group("format", strings.Fields(output.Names)...)), prefix
	}
	return nil, prefix
}

// files returns the files whose names begin with a prefix.
func files(prefix string) (found []candidate) {
	paths, _ := filepath.Glob(prefix + "*")
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			path += "/"
		}
		found = append(found, candidate{path, "file"})
	}
	return found
}

// quotedNames returns names as they are written in statements.
func quotedNames(names []string) []string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = ast.QuoteName(name)
	}
	return quoted
}
