package sqlcompare

import (
	"fmt"
	"slices"
	"strings"
)

// difference returns how the answers to a query differ, or "". It returns an error if aerosql or
// SQLite refuses the query.
func (w *world) difference(q *query) (string, error) {
	f := form{loose: q.loose, lite: q.lite}
	if d, err := w.answers(q.String(), f, q.total, q.limit != "" && !q.total, q.args()...); d != "" || err != nil {
		return d, err
	}
	return w.partition(q, f)
}

// answers returns how the answers of the modes and, if the form is lite, that of SQLite differ. If
// counted is true only the number of rows is certain.
func (w *world) answers(statement string, f form, ordered, counted bool, args ...any) (string, error) {
	got, err := rowsOf(w.ours[0], statement, ordered, f, args...)
	if err != nil {
		return "", err
	}
	if f.lite {
		want, err := rowsOf(w.lite, statement, ordered, f, args...)
		if err != nil {
			return "", fmt.Errorf("SQLite: %w", err)
		}
		if d := differ("SQLite", want, "aerosql", got, counted); d != "" {
			return d, nil
		}
	}
	plans := map[string]bool{}
	if !*everything {
		plans[w.plan(0, statement, args...)] = true
	}
	for i, off := range modes[1:] {
		// What a subquery reads for an outer row is not in the plan.
		if !*everything && !strings.Contains(statement, "(SELECT") {
			p := w.plan(1+i, statement, args...)
			if plans[p] {
				continue
			}
			plans[p] = true
		}
		other, err := rowsOf(w.ours[1+i], statement, ordered, f, args...)
		if err != nil {
			return fmt.Sprintf("without %s: %v", off, err), nil
		}
		if d := differ("all rules", got, "without "+off, other, counted); d != "" {
			return d, nil
		}
	}
	return "", nil
}

// plan returns the plan of a statement in a mode.
func (w *world) plan(mode int, statement string, args ...any) string {
	lines, err := rowsOf(w.ours[mode], "EXPLAIN "+statement, true, form{}, args...)
	if err != nil {
		return fmt.Sprint(mode, err)
	}
	return strings.Join(lines, "\n")
}

// differ returns the rows that only one of two answers has, or "". If only the number of rows is
// certain, it compares that.
func differ(name string, rows []string, otherName string, others []string, counted bool) string {
	if slices.Equal(rows, others) || counted && len(rows) == len(others) {
		return ""
	}
	less := func(rows, others []string) []string {
		left := slices.Clone(others)
		return slices.DeleteFunc(slices.Clone(rows), func(row string) bool {
			i := slices.Index(left, row)
			if i >= 0 {
				left = slices.Delete(left, i, i+1)
			}
			return i >= 0
		})
	}
	x, y := less(rows, others), less(others, rows)
	if len(x)+len(y) == 0 {
		x, y = rows, others
	}
	show := func(rows []string) string { return strings.Join(rows[:min(8, len(rows))], "\n    ") }
	return fmt.Sprintf("%s: %d rows, only here:\n    %s\n%s: %d rows, only here:\n    %s", name, len(rows), show(x), otherName, len(others), show(y))
}

// readsKeys reports whether the select list reads user keys that are known only if the condition
// names them.
func (q *query) readsKeys() bool {
	return q.loose && strings.Contains(join(" ", q.columns).String(), "PK")
}

// partition compares a query with its parts where a condition is true, false and unknown, and the
// number of rows of the first part with the number of rows for which the condition is true.
func (w *world) partition(q *query, f form) (string, error) {
	if len(q.where) == 0 || q.aggregates || q.readsKeys() || q.right != nil || q.distinct || q.limit != "" {
		return "", nil
	}
	c := *q
	p := piece(truth, "($)", join(" AND ", q.where))
	c.where, c.order = nil, nil
	whole, err := rowsOf(w.ours[0], c.String(), false, f, c.args()...)
	if err != nil {
		return "", err
	}
	parts, first := []string{}, 0
	for i, condition := range []*node{p, piece(truth, "NOT $", p), piece(truth, "$ IS NULL", p)} {
		c.where = []*node{condition}
		rows, err := rowsOf(w.ours[0], c.String(), false, f, c.args()...)
		if err != nil {
			return "", err
		}
		if parts = append(parts, rows...); i == 0 {
			first = len(rows)
		}
	}
	slices.Sort(parts)
	if d := differ("whole", whole, "the condition true, false or unknown", parts, false); d != "" {
		return d, nil
	}
	c.where, c.columns = nil, []*node{p}
	values, err := rowsOf(w.ours[0], c.String(), false, form{}, c.args()...)
	if err != nil {
		return "", err
	}
	selected := 0
	for _, v := range values {
		if v == "true" {
			selected++
		}
	}
	if selected != first {
		return fmt.Sprintf("WHERE selects %d rows, the condition is true for %d", first, selected), nil
	}
	return "", nil
}
