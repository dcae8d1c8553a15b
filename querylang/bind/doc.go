// Package bind gives the names of a syntax tree their meaning. It resolves tables, columns, paths,
// aliases and functions, infers types, checks constants, and returns bound queries: blocks of
// relations and expressions over numbered slots. What it needs of the outside is the [Catalog].
//
// # Slots
//
// A block has a frame, a []protocol.Value. Each [Relation] of its FROM owns a part of the frame,
// with one slot for each of its columns that the block uses. Expressions of WHERE, ON and GROUP BY
// read that frame. A block that aggregates has a second frame, the groups and then the aggregates,
// that the select list, HAVING and ORDER BY read instead. The results of the select list form the
// output row, which DISTINCT, set operations and their ORDER BY read.
package bind
