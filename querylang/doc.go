// Package querylang is the SQL dialect of this module: [Prepare] parses, binds and plans a
// statement, and package exec runs it. Except for exec and its catalog the packages do no I/O.
//
//   - [github.com/aerosql/aerosql/querylang/ast] is the syntax tree, the printer and the errors.
//   - [github.com/aerosql/aerosql/querylang/parse] turns text into trees. It has the grammar.
//   - [github.com/aerosql/aerosql/querylang/bind] gives names their meaning and infers types.
//   - [github.com/aerosql/aerosql/querylang/function] has types, operators and functions.
//   - [github.com/aerosql/aerosql/querylang/plan] makes plans, leaves conditions to the servers
//     and prints EXPLAIN.
//   - [github.com/aerosql/aerosql/querylang/exec] runs plans on a cluster.
//   - [github.com/aerosql/aerosql/querylang/exec/catalog] keeps the declarations of tables.
//
// # The dialect
//
//   - A table is a set, a row is a record, a column is a bin, and PK is the record's user key.
//     Names are case-sensitive; keywords are not.
//   - No table needs a declaration. CREATE TABLE gives a set typed columns, and its key a name.
//   - A bin that a record does not have is NULL. Logic has three values.
//   - Values of different kinds can't be compared: the result is unknown. Integers and floats
//     compare exactly.
//   - Integers have 64 bits and wrap around. Integer division drops the fraction, and division of
//     an integer by zero is NULL.
//   - Strings compare by bytes. NULL sorts first in ascending order.
//   - A condition means the same whether the servers check it or the client.
//   - Conditions on PK read records by their keys; others read a set, by an index if one serves.
//   - An UPDATE computes what a SELECT would. No statement destroys data that it does not name.
//   - SQL that is not implemented is an error of kind [ErrUnsupported] with its position.
//
// # Preparing and running
//
// A [Prepared] is immutable and can be run by any number of goroutines at the same time. Preparing
// asks the bind.Catalog for the declared tables, and for the bins of undeclared ones if the
// statement has a *. [Prepared.IsCurrent] reports whether the answers are still the same; a
// statement that is not current must be prepared again.
//
// Parameters are ?, $1, :name or @name. They are values, never parts of the text; a list for a
// parameter in IN (...) stands for its elements. [Prepared.AppendArgs] checks the arguments and
// converts those that are compared with declared columns or stored in them.
//
// Errors in the text are of type [*Error] with the line and the column; errors.Is tests for their
// kind. Errors of the cluster are passed on as they are.
package querylang
