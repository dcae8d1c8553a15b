// Package mapper stores structs as Aerospike records and reads them back.
//
//	type User struct {
//		ID      int64     `as:"id,pk"`           // the user key
//		Name    string    `as:"name"`
//		Mail    string    `as:"mail,omitzero"`   // no bin while it is ""
//		Seen    time.Time `as:"seen"`            // an integer of nanoseconds
//		Version uint32    `asm:"gen"`            // optimistic lock
//	}
//
//	users, err := mapper.New[User](db)           // a *sql.DB, or a *cluster.Client
//	err = users.Save(ctx, &User{ID: 1, Name: "Ada"})
//	ada, err := users.Find(ctx, 1)               // *User
//	for u, err := range users.ScanAll(ctx) { ... }
//
// [New] reads the type's tags once and reports every mistake in them; calls
// look nothing up and reach fields by their offset. A [Repo] works with any number of goroutines.
//
// # Writing
//
//	Save      create the record, or merge the bins into it
//	Insert    create it; ErrExists if it is there
//	Update    merge into it; ErrNotFound if it is not there
//	Replace   create it, or replace all its bins
//
// Save and Update never touch bins that the struct does not know, so that an old and a
// new version of a program can share records. A record without bins does not
// exist: Save of an object whose every bin is NULL removes a record that has
// no others, and is [ErrNothingToWrite] where there is no record.
//
// What a field without content does to its bin:
//
//	               zero value         nil pointer, slice, map; zero time
//	(no option)    is stored          bin removed (NULL)
//	omitempty      bin left alone     bin left alone
//	omitzero       bin removed        bin removed
//
// An empty slice or map that is not nil is stored as such; omitempty counts it as empty, by
// the rule of encoding/json.
//
// # Tags
//
// `as:"bin,option,..."` names the bin, at most 15 bytes, by default the field's name.
// `as:"-"` leaves a field out, as are unexported ones. Options:
//
//	pk           the user key: an integer, string, []byte or [N]byte (stored as bytes). Not a bin.
//	omitempty, omitzero
//	inline       the fields of a struct become bins of this record; the name is their prefix
//	json         store as JSON in a string; with blob, in a blob
//	text         store as text: types with MarshalText and UnmarshalText, and integers
//	blob         store as bytes: [N]byte, string, uint64, and structs with MarshalBinary and UnmarshalBinary
//	unix, unixmilli, unixnano
//	             a time.Time as an integer of that unit, what is finer is cut off
//	bool=int, bool=native
//	             a bool as 0 and 1, or as a boolean
//	ordered      an ordered list or map; a list is read back sorted, NaNs last
//
// Options of form reach through pointers, slices, arrays and map values: blob on a
// []uuid.UUID stores each as a blob.
//
// `asm:"gen"` is the record's generation: 0 writes without a check, any
// other value must still be the record's, else [StaleError]; every write refreshes
// it. `asm:"ttl"` is the time to live, as a time.Duration, a number of
// seconds or the time.Time of expiry: zero is the namespace's default, see
// [TTLNever] and [NeverExpires] for what else there is; reading sets what is
// left. Of several such fields all are read and the first is written.
//
// Writing an object whose ttl field still is what was read leaves the record's expiry as it is, to
// the second, also where the clocks of client and server differ. For this the Repo remembers what
// it has read into which object; it does not know a copy of the object, and does not know what
// another Repo has read. Of those, and of any other value of the field, the time to live is
// computed anew: from a time.Time by the client's clock, which must be right then. A number of
// seconds is rounded up. A record that has expired since it was read is created again by Save and
// Replace, with the time to live that the field says.
//
// Embedded structs, and pointers to structs, are flattened: outer fields hide
// inner ones of the same bin, two of the same depth are an error. An embedded
// pointer is nil when the record has none of its bins.
//
// # Types
//
// The first line that fits decides:
//
//	pointer                            as what it points to, nil as NULL
//	option json                        JSON
//	MarshalBin and UnmarshalBin        as they say: BinMarshaler, BinUnmarshaler
//	option text                        text
//	time.Time                          integer, nanoseconds since 1970 in UTC; the zero time as NULL, but
//	                                   behind a pointer or in an sql.Null as the official client stores it
//	protocol.Value                     as it is
//	sql.NullString ..., sql.Null[T]    as the value, NULL if not valid
//	integers, time.Duration            integer
//	bool                               integer 0 or 1, see below
//	floats                             float
//	string                             string
//	[]byte                             blob
//	[N]byte                            list of integers, see below
//	slice, array                       list
//	map                                map, sorted by key; keys are integers, strings, an any, bools and
//	                                   types with MarshalText and UnmarshalText (text), [N]byte (bytes)
//	any                                what protocol.ValueOf makes of it; read as Value.Any gives it, but
//	                                   GeoJSON, HyperLogLog and maps with other keys than integers and
//	                                   strings as a protocol.Value, so that nothing is lost when it is saved
//	struct with Value and Scan         as for database/sql
//	struct with MarshalText and UnmarshalText
//	                                   string: big.Int, netip.Addr, decimals
//	struct                             map of its fields by name
//
// Named types are what their underlying type is. Methods count where both
// directions exist, on the type or on a pointer to it. Nothing is narrowed silently: a number that does
// not fit, an integer above 2^53 for a float, a list of another length than
// the array is a [FieldError] with struct, field and bin, and so is a value of
// another type, and a NULL inside a collection whose elements have no NULL ([]int, say). Reading a
// bin's absence zeroes the field, in a used object as in a new one. With option json, integers
// above 2^53 are an int64 or uint64 in an any, not a float64. What was read shares no memory with
// the response, so that an object may be kept for long.
//
// # The official Go client
//
// A struct written for PutObject and GetObject of the official client works
// unchanged, and what Save writes is what PutObject would have written, byte for byte (maps
// in the order of their keys, where PutObject has a random one). That is why a bool is 0 or 1, which
// numeric indexes and expressions of other programs may rely on, and why an
// array of bytes, a UUID for example, is a list. Both are read in either form. New programs
// should say [WithNativeTypes], or use the options bool=native and blob. Where the
// official form loses data this package deviates:
//
//   - The zero time.Time is NULL and not the integer of the year 1754, which is read as the zero time.
//     Other times before 1678 or after 2262 are errors. Times are read in UTC.
//   - An unsigned integer above 2^63-1 is an error and not a negative number.
//   - sql.Null types, structs with Value and Scan, and structs with MarshalText
//     and UnmarshalText have the forms above; the official client stores maps of their exported fields, if any.
//   - An embedded pointer to a struct is flattened as an embedded struct is;
//     with a name in its tag it is a map, which the official client always makes of it.
//   - gen and ttl fields are written, not only read.
//   - Wrong types in bins are errors where the official client converts: floats to
//     integers, and integers other than 0 and 1 to bools.
//   - An any gets integers as int64.
//
// # Transactions
//
// Where the namespace has strong consistency (server 8 Enterprise), calls take part in the transaction of their
// context: that of cluster.Client.Transact or driver.Transact, which try again where others were in the way, that of cluster.WithTxn, or
// an sql.Tx by driver.WithTx.
//
//	err := client.Transact(ctx, nil, func(ctx context.Context) error {
//		ada, err := accounts.Find(ctx, "ada")
//		...
//		return accounts.SaveMany(ctx, ada, bob)
//	})
//
// ScanAll can't, and gives cluster.ErrTxnQuery. Where others have written a record since the transaction has read it the error is
// protocol.TransactionVersionMismatch; Modify does not read again then, for the transaction has lost already. Objects that were saved
// in a transaction hold generations that are no longer the records' when it has ended, committed or not: read
// them again before they are saved by their generation.
//
// # Errors
//
// errors.Is finds [ErrNotFound], [ErrExists] and [ErrStale] as well as the codes of
// the server, such as protocol.KeyNotFound; errors.As finds [*FieldError],
// [*StaleError], [*ManyError] and the client's *protocol.Error. A failed write that may have been
// applied is [ErrInDoubt] and none of the other causes, whatever the server's code.
package mapper
