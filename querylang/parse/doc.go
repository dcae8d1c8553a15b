// Package parse turns the text of SQL statements into syntax trees. It knows the grammar only:
// names, types and functions are checked by package bind.
//
// # Operators
//
// From the loosest to the tightest: OR; AND; NOT; comparisons, IS, IN, BETWEEN, LIKE, ILIKE, REGEXP
// and CONTAINS, which don't chain (but IS may follow any of them); || & | << >>, from the left; +
// and -; * / and %; the signs - + and ~; [index], .name, ::type and COLLATE. Of the set operations,
// INTERSECT binds tighter than UNION and EXCEPT.
//
// # Words
//
// Few words are reserved, and those must be quoted to be names. DEFAULT is a word only where it is
// the whole value of a column in INSERT or UPDATE. A word that starts a clause, such as FOR, FETCH
// or WITH, is an alias only after AS.
//
// # What is rewritten
//
// The tree has one form for what SQL writes in several: EXTRACT(YEAR FROM x) is EXTRACT('YEAR', x),
// SUBSTRING(x FROM a FOR b) is SUBSTRING(x, a, b), TRIM(LEADING c FROM x) is LTRIM(x, c),
// POSITION(a IN b) is POSITION(a, b), x = ANY (?) is x IN (?), x = ANY (y) is y CONTAINS x, x <=> y
// is x IS NOT DISTINCT FROM y, x::type and DATE '2026-01-02' are CASTs, BITXOR(x, y) is an
// operator, because ^ and # have other meanings in other databases, and x IN t is x IN (SELECT *
// FROM t). COLLATE BINARY has no effect.
package parse
