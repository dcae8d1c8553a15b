package console

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// A wordList is what the editor completes.
type wordList struct {
	Keywords  []string `json:"keywords"`
	Functions []string `json:"functions"`
	Tables    []string `json:"tables"`
	Columns   []string `json:"columns"`
	at        time.Time
}

// wordsAge is the age up to which words are sent again.
const wordsAge = 15 * time.Second

// keywords are the words of statements that begin something.
var keywords = strings.Fields(`SELECT FROM WHERE GROUP BY HAVING ORDER LIMIT OFFSET DISTINCT JOIN LEFT ON USING AS AND OR NOT IN IS NULL
	BETWEEN LIKE ILIKE REGEXP CONTAINS CASE WHEN THEN ELSE END CAST UNION INTERSECT EXCEPT ALL EXISTS WITH UNNEST ASC DESC NULLS FIRST LAST
	INSERT INTO VALUES UPSERT REPLACE UPDATE SET DELETE RETURNING CONFLICT DO NOTHING TRUNCATE CREATE TABLE VIEW INDEX DROP ALTER IF
	PRIMARY KEY DEFAULT UNIQUE CHECK COMMENT WAIT EXPLAIN ANALYZE FORMAT JSON SHOW TABLES COLUMNS INDEXES NAMESPACES SETS BINS NODES JOBS
	FUNCTIONS MODULES USERS ROLES DESCRIBE AGGREGATE EXECUTE CALL KILL GRANT REVOKE TRUE FALSE PK __digest __generation __ttl __set`)

// serveWords sends the words that the editor completes.
func (c *Console) serveWords(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	words := c.words
	c.mu.Unlock()
	if time.Since(words.at) > wordsAge {
		words = c.findWords(r.Context())
		c.mu.Lock()
		c.words = words
		c.mu.Unlock()
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(words)
}

// findWords asks the cluster for its tables and columns. What it does not answer is left out.
func (c *Console) findWords(ctx context.Context) wordList {
	words := wordList{Keywords: keywords, Functions: slices.Clone(function.Names()), at: time.Now()}
	for _, a := range function.Aggregates() {
		words.Functions = append(words.Functions, a.Name)
	}
	slices.Sort(words.Functions)
	words.Functions = slices.Compact(words.Functions)
	words.Tables = c.names(ctx, "SHOW TABLES", "name")
	words.Columns = c.names(ctx, "SHOW BINS", "name")
	for _, table := range words.Tables[:min(len(words.Tables), maxDescribed)] {
		words.Columns = append(words.Columns, c.names(ctx, "SHOW COLUMNS FROM "+ast.QuoteName(table), "name")...)
	}
	slices.Sort(words.Columns)
	words.Columns = slices.Compact(words.Columns)
	return words
}

// maxDescribed is the number of tables whose columns are asked for.
const maxDescribed = 50

// names returns the values of a column.
func (c *Console) names(ctx context.Context, statement, name string) []string {
	list := []string{}
	rows, err := c.options.DB.QueryContext(ctx, statement)
	if err != nil {
		c.options.Logger.Warn("words", "statement", statement, "error", err)
		return list
	}
	defer rows.Close()
	set, err := c.read(rows)
	if err != nil {
		c.options.Logger.Warn("words", "statement", statement, "error", err)
	}
	at := slices.IndexFunc(set.Columns, func(col column) bool { return col.Name == name })
	for _, row := range set.Rows {
		if at >= 0 && row[at].Kind == "string" {
			list = append(list, row[at].Text)
		}
	}
	return list
}
