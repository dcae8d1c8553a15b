package otel

import (
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
)

// StatementAttributes returns the attributes of an SQL statement: db.system.name,
// db.operation.name, db.query.summary, and db.collection.name if the statement names one table.
// They contain no values. It is for packages that trace database/sql, such as
// github.com/XSAM/otelsql:
//
//	otelsql.WithAttributesGetter(func(_ context.Context, _ otelsql.Method, query string, _ []driver.NamedValue) []attribute.KeyValue {
//		return otel.StatementAttributes(query)
//	})
//
// A text that can't be parsed has only db.system.name.
func StatementAttributes(text string) []attribute.KeyValue {
	list := []attribute.KeyValue{semconv.DBSystemNameKey.String(system)}
	statements, err := parse.All(text, parse.Standard)
	if err != nil || len(statements) == 0 {
		return list
	}
	var operations, summaries, tables []string
	for _, s := range statements {
		operation, used := describeStatement(s.Statement)
		operations = append(operations, operation)
		summaries = append(summaries, strings.Join(append([]string{operation}, used...), " "))
		tables = append(tables, used...)
	}
	if operations = slices.Compact(operations); len(operations) == 1 {
		list = append(list, semconv.DBOperationName(operations[0]))
	}
	list = append(list, semconv.DBQuerySummary(shortened(strings.Join(summaries, "; "))))
	slices.Sort(tables)
	if tables = slices.Compact(tables); len(tables) == 1 {
		list = append(list, semconv.DBCollectionName(tables[0]))
	}
	return list
}

// shortened cuts a summary to the 255 characters that the conventions allow, at a space.
func shortened(text string) string {
	const most = 255
	if len(text) <= most {
		return text
	}
	end := strings.LastIndexByte(text[:most], ' ')
	return text[:max(end, 0)]
}

// describeStatement returns the words that name a statement, and its tables in the order of the
// text.
func describeStatement(s ast.Statement) (operation string, tables []string) {
	add := func(name ast.TableName) {
		if text := name.Set.Text; text != "" && !slices.Contains(tables, text) {
			tables = append(tables, text)
		}
	}
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Insert:
			add(n.Table)
		case *ast.Update:
			add(n.Table)
		case *ast.Delete:
			add(n.Table)
		case *ast.CreateTable:
			add(n.Table)
		case *ast.CreateIndex:
			add(n.Table)
		case *ast.Table:
			add(n.Name)
		}
		return true
	})
	words := strings.Fields(strings.TrimLeft(s.String(), "("))
	switch operation = strings.ToUpper(words[0]); {
	case operation == "WITH":
		operation = "SELECT"
	case slices.Contains([]string{"CREATE", "DROP", "ALTER"}, operation) && len(words) > 1:
		operation += " " + strings.ToUpper(words[1])
	}
	return operation, tables
}
