// Package catalog keeps the declarations of tables and views, and runs the statements that create,
// change and drop tables, views and indexes.
//
// # Stored form
//
// The declarations of a namespace are records of its set __catalog. Each table or view is one
// record. Its user key, which is stored with the record, is the name of the table. The records
// never expire. Their bins are:
//
//	format     integer: the version of this form, 3 with the bin keys, 2 with the bin unique, else
//	           1. A reader refuses larger numbers than it knows.
//	kind       string: "table" or "view"
//	columns    list of maps, in the declared order:
//	             name      string
//	             bin       string; the key column has none
//	             type      string, as SQL; missing if the column has no type
//	             not_null  true, or missing
//	             default   string, as SQL; missing without DEFAULT
//	             comment   string; missing without one
//	key        string: the name of the key column; missing if the key has no name but PK
//	keys       list of strings: the names of the columns of a PRIMARY KEY of several columns
//	generated  true if the key of a new row may be left out
//	unique     string: the name of the column whose values are the keys; missing if there is none
//	checks     list of strings: the conditions of CHECK, as SQL
//	retired    list of strings: the bins of dropped columns, which new columns don't use
//	query      string: the query of a view, as SQL
//	query_ns   string: the namespace of names without one in the query of a view
//	comment    string; missing without one
//
// A record is created only if it does not exist, and changed or deleted only if it has the
// generation that was read. So two sessions never overwrite each other.
//
// # Bins of columns
//
// A column is stored in the bin of the same name. If no bin can have the name, because it is longer
// than 15 bytes or has a separator of info commands, the bin has the first bytes of the name, a
// tilde and six digits of a hash. The declaration records it.
//
// # Keys
//
// One column can be the PRIMARY KEY. It is the user key of the record, and not a bin. The key of a
// row must be given, unless the column is declared as AUTO_INCREMENT, SERIAL or IDENTITY, or the
// table has no PRIMARY KEY: then it is generated when the row is inserted.
//
// A PRIMARY KEY can have several columns, which have types that keys can have, and are not NULL.
// The values are in the bins of the columns, and the user key is a string that is made of them:
// integers in decimal, blobs in hexadecimal, strings with \ before each / and \, and / between the
// columns. Conditions that give all of the columns are reads by key. A set that has records can't
// be declared with such a key.
//
// # Unique columns
//
// The servers keep nothing unique but the user key. So one column of a table without a PRIMARY KEY
// can be UNIQUE: the key of a row is the value of the column, which is stored in its bin too. An
// INSERT creates the record only if it does not exist; this rejects a second row with the value,
// even from another session. A row whose value is NULL gets a generated key, of another type than
// the column, so that any number of rows have NULL. The key of a record does not change, so neither
// does the value: UPDATE refuses the column, and PK can't be given. The column is an integer, a
// string or a blob, and a value that can't be a key, such as an empty string, is refused.
//
// A set that has records can't be declared with such a column. Records that clients write without
// these statements are not checked.
//
// UNIQUE beside a PRIMARY KEY, on a second column or on several columns is refused.
//
// # Reading
//
// The names that statements use are kept in memory, also those that are not declared. They are read
// again when they are older than Options.Refresh, all names of a namespace with one batch. If a
// user may not read the set __catalog, no table is declared for that user.
package catalog
