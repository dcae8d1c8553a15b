package main

import "fmt"

// number returns an integer expression over the columns of the relation p.
func (g *generator) number(p string, depth int) string {
	if depth <= 0 || g.random.IntN(3) == 0 {
		return g.pick(p+"a", p+"b", p+"pk", g.integer())
	}
	x, y := g.number(p, depth-1), g.number(p, depth-1)
	switch g.random.IntN(8) {
	case 0:
		return fmt.Sprintf("COALESCE(%s, %s)", x, y)
	case 1:
		return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", g.condition(p, depth-1), x, y)
	case 2:
		return fmt.Sprintf("NULLIF(%s, %s)", x, y)
	case 3:
		return fmt.Sprintf("ABS(%s)", x)
	}
	return fmt.Sprintf("(%s %s %s)", x, g.pick("+", "-", "*", "/", "%"), y)
}

// condition returns a condition over the columns of the relation p. It compares values of one kind.
func (g *generator) condition(p string, depth int) string {
	if depth > 0 && g.random.IntN(2) == 0 {
		x := g.condition(p, depth-1)
		if g.random.IntN(4) == 0 {
			return "NOT (" + x + ")"
		}
		return fmt.Sprintf("(%s %s %s)", x, g.pick("AND", "OR"), g.condition(p, depth-1))
	}
	compare := g.pick("=", "<>", "<", "<=", ">", ">=")
	not := g.pick("", "", "NOT ")
	switch g.random.IntN(8) {
	case 0:
		return fmt.Sprintf("%ss %s %s", p, compare, g.string())
	case 1:
		return fmt.Sprintf("%sf %s %s", p, compare, g.float())
	case 2:
		return fmt.Sprintf("%s IS %sNULL", g.pick(p+"a", p+"b", p+"f", p+"s"), not)
	case 3:
		return fmt.Sprintf("%s %sBETWEEN %s AND %s", g.number(p, 0), not, g.integer(), g.integer())
	case 4:
		return fmt.Sprintf("%s %sIN (%s, %s, %s)", g.pick(p+"a", p+"b", p+"pk"), not, g.integer(), g.null(g.integer()), g.integer())
	case 5:
		return fmt.Sprintf("%ss %sLIKE %s", p, not, g.pick("'a%'", "'%b'", "'_b%'", "''", "'%'"))
	}
	return fmt.Sprintf("%s %s %s", g.number(p, depth-1), compare, g.number(p, 0))
}

func (g *generator) where() (text, types, sort string) {
	condition := g.condition("", 3)
	if g.random.IntN(4) == 0 {
		condition = fmt.Sprintf("%s AND %s (SELECT %s FROM t2 WHERE %s)", condition,
			g.pick("a IN", "b NOT IN", "b IN"), g.pick("a", "b", "pk"), g.condition("t2.", 1))
	}
	return fmt.Sprintf("SELECT pk, %s, s FROM t1 WHERE %s", g.number("", 2), condition), "IIT", "rowsort"
}

func (g *generator) aggregate() (text, types, sort string) {
	call := func() string {
		return fmt.Sprintf("%s(%s%s)", g.pick("COUNT", "SUM", "MIN", "MAX"), g.pick("", "DISTINCT "), g.number("", 1))
	}
	having := ""
	if g.random.IntN(2) == 0 {
		having = fmt.Sprintf(" HAVING %s %s %s", call(), g.pick("<", ">=", "<>"), g.integer())
	}
	switch g.random.IntN(3) {
	case 0:
		return fmt.Sprintf("SELECT COUNT(*), %s, SUM(f), AVG(f) FROM t1 WHERE %s", call(), g.condition("", 1)), "IIRR", "nosort"
	case 1:
		return fmt.Sprintf("SELECT s, COUNT(*), %s FROM t1 GROUP BY s%s", call(), having), "TII", "rowsort"
	}
	return fmt.Sprintf("SELECT a, %s FROM t1 WHERE %s GROUP BY a%s", call(), g.condition("", 1), having), "II", "rowsort"
}

func (g *generator) order() (text, types, sort string) {
	text = fmt.Sprintf("SELECT %spk, a, s FROM t1 WHERE %s ORDER BY %s%s, pk%s", g.pick("", "", "DISTINCT "), g.condition("", 1),
		g.pick("a", "s", "2", "a + 1"), g.pick("", " DESC"), g.pick("", " DESC"))
	if g.random.IntN(2) == 0 {
		text += fmt.Sprintf(" LIMIT %d", g.random.IntN(8))
		if g.random.IntN(2) == 0 {
			text += fmt.Sprintf(" OFFSET %d", g.random.IntN(8))
		}
	}
	return text, "IIT", "nosort"
}

func (g *generator) join() (text, types, sort string) {
	on := fmt.Sprintf("%s = %s", g.pick("x.a", "x.b", "x.pk"), g.pick("y.a", "y.b", "y.pk"))
	if g.random.IntN(3) == 0 {
		on += " AND " + g.condition("y.", 1)
	}
	switch g.random.IntN(4) {
	case 0:
		return fmt.Sprintf("SELECT x.pk, y.pk FROM t1 x, t2 y WHERE %s AND %s", on, g.condition("x.", 1)), "II", "rowsort"
	case 1:
		return fmt.Sprintf("SELECT x.pk, %s FROM t1 x WHERE %sEXISTS (SELECT 1 FROM t2 y WHERE %s)",
			g.number("x.", 1), g.pick("", "NOT "), on), "II", "rowsort"
	}
	return fmt.Sprintf("SELECT x.pk, y.pk, y.s FROM t1 x %sJOIN t2 y ON %s WHERE %s",
		g.pick("", "LEFT ", "INNER "), on, g.condition("x.", 1)), "IIT", "rowsort"
}

func (g *generator) compound() (text, types, sort string) {
	side := func(table string) string {
		return fmt.Sprintf("SELECT a, %s FROM %s WHERE %s", g.pick("b", "pk", "a"), table, g.condition("", 1))
	}
	return fmt.Sprintf("%s %s %s", side("t1"), g.pick("UNION", "UNION ALL", "EXCEPT", "INTERSECT"), side("t2")), "II", "rowsort"
}
