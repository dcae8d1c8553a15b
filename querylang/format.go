package querylang

import (
	"fmt"
	"strings"
)

// quoteName returns a name as it is written in a statement, in backquotes if it needs quotes. The
// result is valid in every dialect.
func quoteName(name string) string {
	l := lexer{text: name}
	if name != "" && l.wordLength() == len(name) && !isReserved(name) {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

func quoteNames(qualifier []string, name string) string {
	var b strings.Builder
	for _, q := range qualifier {
		b.WriteString(quoteName(q) + ".")
	}
	return b.String() + quoteName(name)
}

// list joins the texts of items with commas.
func list[T any](items []T, text func(T) string) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = text(item)
	}
	return strings.Join(texts, ", ")
}

// String returns the table as SQL.
func (t TableName) String() string {
	s := quoteName(t.label())
	if t.Namespace != "" {
		s = quoteName(t.Namespace) + "." + s
	}
	if t.Alias != "" {
		s += " AS " + quoteName(t.Alias)
	}
	return s
}

// label returns the name of the set in statements.
func (t TableName) label() string {
	if t.Set == "" {
		return NullSet
	}
	return t.Set
}

// String returns the item as SQL.
func (i SelectItem) String() string {
	if i.Star {
		s := ""
		for _, q := range i.Qualifier {
			s += quoteName(q) + "."
		}
		return s + "*"
	}
	if i.Alias != "" {
		return i.Expr.String() + " AS " + quoteName(i.Alias)
	}
	return i.Expr.String()
}

// String returns the item as SQL.
func (i OrderItem) String() string {
	if i.Descending {
		return i.Expr.String() + " DESC"
	}
	return i.Expr.String()
}

// String returns the statement as SQL.
func (s *Select) String() string {
	text := "SELECT " + list(s.Items, SelectItem.String)
	if s.Table == nil {
		return text
	}
	text += " FROM " + s.Table.String() + whereText(s.Where)
	if len(s.Order) > 0 {
		text += " ORDER BY " + list(s.Order, OrderItem.String)
	}
	if s.Limit != nil {
		text += " LIMIT " + s.Limit.String()
	}
	if s.Offset != nil {
		text += " OFFSET " + s.Offset.String()
	}
	return text
}

func whereText(where Expr) string {
	if where == nil {
		return ""
	}
	return " WHERE " + where.String()
}

var insertVerbs = [...]string{Create: "INSERT", Upsert: "UPSERT", Replace: "REPLACE"}

// String returns the verb's keyword.
func (v InsertVerb) String() string { return insertVerbs[v] }

// String returns the statement as SQL.
func (s *Insert) String() string {
	columns := list(s.Columns, func(n Name) string { return quoteName(n.Text) })
	rows := list(s.Rows, func(r ValueRow) string { return "(" + list(r.Values, Expr.String) + ")" })
	return fmt.Sprintf("%s INTO %s (%s) VALUES %s", s.Verb, s.Table, columns, rows)
}

// String returns the statement as SQL.
func (s *Update) String() string {
	set := list(s.Set, func(a Assignment) string { return quoteName(a.Column.Text) + " = " + a.Value.String() })
	return "UPDATE " + s.Table.String() + " SET " + set + whereText(s.Where)
}

// String returns the statement as SQL.
func (s *Delete) String() string { return "DELETE FROM " + s.Table.String() + whereText(s.Where) }

// String returns the statement as SQL.
func (s *Truncate) String() string { return "TRUNCATE TABLE " + s.Table.String() }

// String returns the statement as SQL.
func (s *Explain) String() string { return "EXPLAIN " + s.Statement.String() }
