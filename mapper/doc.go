// Package mapper stores structs as Aerospike records and reads them back.
//
//	type User struct {
//		ID   string   `as:"id,pk"` // the user key
//		Name string   `as:"name"`  // bin "name"
//		Tags []string `as:"tags"`
//	}
//
//	func example(ctx context.Context, db *sql.DB) error {
//		users, err := mapper.New[User](db, mapper.WithSet("users"))
//		if err != nil {
//			return err
//		}
//		if err := users.Save(ctx, &User{ID: "ada", Name: "Ada"}); err != nil {
//			return err
//		}
//		ada, err := users.Find(ctx, "ada") // *User
//		if err != nil {
//			return err // mapper.ErrNotFound if there is no such record
//		}
//		fmt.Println(ada.Name)
//		return nil
//	}
//
// [New] reads the struct's tags once, reports every mistake in them and does no I/O. A [Repo] is
// safe for use by multiple goroutines.
//
// # Namespace and set
//
// Records of a type User are in the set "user": the default is the type's name in snake case, so
// OrderLine becomes "order_line". [WithSet] names another set, as does a method AerospikeSet()
// string of the type. Instances of generic types need one of them. Programs that also use SQL often
// have plural table names; use WithSet then.
//
// Over a *sql.DB the namespace is the DSN's. A native client has no namespace, so New needs
// [WithNamespace] there:
//
//	users, err := mapper.New[User](client, mapper.WithNamespace("test"))
//
// Functions that accept either a database or a client have a parameter of type [Source].
//
// # Tags
//
// The tag `as:"bin,option,..."` names a field's bin, with at most 15 bytes. The default is the
// field's name. `as:"-"` excludes a field; unexported fields are always excluded. The options are:
//
//   - pk: the field is the user key and not a bin.
//   - omitempty: a write leaves the bin unchanged if the field is empty (see Verbs).
//   - omitzero: a write removes the bin if the field is zero.
//   - required: NULL and a missing bin are errors ([ErrMissingBin]), not the zero value.
//   - inline: the fields of a struct become bins of this record. The tag's name is their prefix.
//   - alias=old: a read uses the bin "old" if the field's own bin is missing. A write of the field
//     removes it.
//   - rest: a map with strings as keys, such as map[string]any, that holds the bins that no other
//     field has. A write writes them too.
//   - json: JSON in a string, or in a blob together with option blob.
//   - text: a string, for integers and types with MarshalText and UnmarshalText.
//   - blob: bytes, for [N]byte, string, uint64 and structs with MarshalBinary and UnmarshalBinary.
//   - unix, unixmilli, unixnano: an integer of that unit for a time.Time. Smaller units are
//     truncated.
//   - bool=int, bool=native: a bool as the integer 0 or 1, or as a boolean.
//   - ordered: an ordered list or map. A list is read back sorted, with NaNs last.
//   - scale=2: a decimal number as an integer of its last digit, such as 1250 for 12.5. It is for
//     strings, floats and types with MarshalText and UnmarshalText.
//   - list, since=2, until=3: a struct as a list of its fields; see Structs as lists.
//   - codec=name: the form of a codec of the program; see [WithNamedCodec].
//
// The options text, blob, unix, bool, scale, list and codec also apply to what a pointer points to,
// to the elements of slices and arrays and to the values of maps: blob on a []uuid.UUID stores each
// element as a blob.
//
// The tags `asm:"gen"` and `asm:"ttl"` mark metadata: see Optimistic lock and Time to live. If
// several fields have the same one, all are set by reads, and writes use the first.
//
// Embedded structs and embedded pointers to structs are flattened. As in Go an outer field hides an
// inner one with the same name; any other two fields with the same bin are an error. After a read
// an embedded pointer is nil if the record has none of its bins.
//
// # Verbs
//
//   - [Repo.Save] creates the record or merges the bins into it.
//   - [Repo.Insert] creates the record. If it exists the error is [ErrExists].
//   - [Repo.Update] merges the bins. If there is no record the error is [ErrNotFound].
//   - [Repo.Replace] creates the record or replaces all of its bins.
//   - [Repo.Modify] reads, changes and writes, and repeats that if others wrote in between.
//   - [Repo.Find], [Repo.FindInto], [Repo.Exists], [Repo.Delete] and [Repo.Touch] work on one
//     record; FindMany, SaveMany and the other Many methods on many, in few messages.
//   - [Repo.ScanAll] reads the whole set.
//
// Save and Update leave bins unchanged that the struct doesn't have, so an old and a new version of
// a program can share records. A write does this to the bin of a field without content:
//
//	               zero value         nil pointer, slice or map; zero time
//	(no option)    stored             removed
//	omitempty      left unchanged     left unchanged
//	omitzero       removed            removed
//
// An empty slice or map that is not nil is stored as such; omitempty counts it as empty, as
// encoding/json does. Aerospike has no records without bins. If all bins of an object are removed,
// Save deletes a record that has no other bins. If there is no record the error is
// [ErrNothingToWrite].
//
// For native commands, [Repo.Key] returns a record's key, [Repo.Decode] sets an object from a
// record, and [Repo.Encode] returns an object's bins.
//
// # Keys
//
// A key is an integer, a string, a []byte or an array of bytes, which is stored as bytes. It is the
// field tagged pk, or what a method AerospikeKey() any of the type or the function of [WithKey]
// returns. A key of a type with Value and Scan, such as a UUID, is what Value returns, as it is for
// an argument of a SQL statement. Methods that take a key accept these types, a protocol.Key or a
// protocol.Digest. A key of another kind than the pk field's is an error, because no record could
// have it.
//
// Writes store the user key with the record, unless [WithoutSendKey] or send_key=false in the DSN
// says otherwise. ScanAll needs it for the pk field: the error for records without one is
// [ErrNoUserKey]. Find doesn't need it.
//
// # Optimistic lock
//
// A field `asm:"gen"` holds the record's generation. If it is 0, writes don't check it. Any other
// value must still be the record's generation, or the write fails with [ErrStale] and changes
// nothing. Every successful write updates the field. Insert doesn't check it.
//
// # Time to live
//
// A field `asm:"ttl"` holds the time to live: a time.Duration, an integer of seconds, or the
// time.Time of expiry. Zero means the default of the set or namespace. [TTLNever], [TTLKeep],
// [NeverExpires], [KeepExpiry] and [Never] are the special values. A read sets the field to the
// remaining time.
//
// An object whose ttl field still has the value that was read keeps the record's exact expiry when
// it is written. The Repo remembers this for each object that it has read, not for copies of the
// object and not for objects that another Repo has read. For those, and if the field was changed,
// the expiry is computed from the field: a time.Time needs a correct clock on the client, and
// seconds are rounded up. If the record has expired since the read, Save and Replace create it
// again with the field's time to live.
//
// Without such a field, or for one call, use [TTL]. For example, this extends a session:
//
//	err := sessions.With(mapper.TTL(30*time.Minute)).Touch(ctx, id)
//
// # Errors
//
// errors.Is finds these causes, and the server's code, such as protocol.KeyNotFound:
//
//   - [ErrNotFound]: there is no record with the key.
//   - [ErrStale]: the record was changed since the object was read. errors.As finds [*StaleError].
//   - [ErrExists]: Insert found a record.
//   - [ErrInDoubt]: a write failed but may have been applied. The error is none of the above then.
//
// errors.As finds [*FieldError], which names the field and bin that could not be written or read,
// [*ManyError], which has the error of each item of a Many method, and the client's
// *protocol.Error.
//
// # Types
//
// The first matching line decides how a type is stored. A named type is stored like its underlying
// type. Methods count only if both directions exist, on the type or on a pointer to it.
//
//	pointer                         what it points to; nil is NULL
//	option codec                    what the codec of WithNamedCodec returns
//	option json                     JSON
//	type with WithCodec             what its codec returns
//	type with WithEnum              string, its name
//	interface with WithTypes        map or list with the name of the type
//	option scale                    integer
//	MarshalBin and UnmarshalBin     the value they return; see BinMarshaler
//	option text                     string
//	time.Time                       integer, nanoseconds since 1970; the zero time is NULL
//	protocol.Value                  unchanged
//	sql.NullString..., sql.Null[T]  the value; NULL if not valid
//	integers, time.Duration         integer
//	bool                            integer 0 or 1
//	floats                          float
//	string                          string
//	[]byte                          blob
//	[N]byte                         list of integers
//	slice, array                    list
//	map                             map, sorted by key
//	any                             what protocol.ValueOf returns
//	struct with option list         list of its fields
//	struct with Value and Scan      what Value returns; see also WithNativeTypes
//	struct with MarshalText and UnmarshalText
//	                                string, for example big.Int and netip.Addr
//	struct                          map of its fields by name
//
// In detail:
//
//   - Map keys are integers, strings, any, bools, types with MarshalText and UnmarshalText (stored
//     as strings) and [N]byte (stored as bytes).
//   - A value with MarshalBin in an any is what that returns, such as a [GeoJSON].
//   - An any is read as Value.Any returns it, except GeoJSON, HyperLogLog, ordered lists and maps,
//     and maps with keys other than integers and strings. These are read as a protocol.Value, so
//     that Save writes the same value again.
//   - With option json, integers above 2^53 are read into an any as int64 or uint64, not float64.
//   - A struct that embeds a type with methods of this list, such as time.Time, has them too. They
//     would store it without its other fields, so New refuses it. Give the embedded field a name,
//     or define the methods on the struct.
//   - Behind a pointer or in an sql.Null, NULL means that there is no time, and the zero time is
//     stored as the official client stores it.
//
// Nothing is narrowed silently. A [FieldError] reports a number that doesn't fit, an integer above
// 2^53 for a float, a list whose length is not the array's, a value of another type, and a NULL in
// a collection whose elements can't be NULL, such as []int. If a bin is missing its field becomes
// zero, in a reused object too. Objects share no memory with the response that they were read from.
//
// A panic in a method that encodes or decodes a value is an error: [ErrPanic].
//
// # Structs as lists
//
// With option list a struct is stored as a list of its fields, in the order in which they are
// declared; those of embedded structs come last. A NULL field is a NULL element. Fields that a list
// has no elements for are zero, and a list with more elements than the struct has fields is an
// error.
//
// The Java object mapper writes such lists for @AerospikeEmbed(type = EmbedType.LIST): first the
// fields with @AerospikeOrdinal in the order of their numbers, then the others sorted by name.
// Declare the Go fields in this order to share records with it.
//
// Only append fields, or use versions: since=2 means that the lists of version 1 have no element
// for the field, until=2 that the lists of version 3 no longer have one. A list of version 2 or
// later ends with its version, such as "@V2", as in Java. Writes have the highest version of the
// fields.
//
// # The official Go client
//
// A struct written for PutObject and GetObject of the official client works unchanged. Save writes
// the same bytes as PutObject, except that maps are sorted by key where PutObject's order is
// random. This is why a bool is 0 or 1, which numeric indexes and expressions of other programs may
// rely on, and why an array of bytes, such as a UUID, is a list. Both forms of each are read. New
// programs should use [WithNativeTypes], or the options bool=native and blob.
//
// The mapper differs where the official form loses data:
//
//   - The zero time.Time is NULL, not an integer of the year 1754. That integer is read as the zero
//     time. Other times before 1678 or after 2262 are errors. Times are read in UTC.
//   - An unsigned integer above 2^63-1 is an error, not a negative number.
//   - sql.Null types, structs with Value and Scan, and structs with MarshalText and UnmarshalText
//     have the forms above. The official client stores maps of their exported fields, if any.
//   - An embedded pointer to a struct is flattened like an embedded struct. With a name in its tag
//     it is a map, which it always is in the official client.
//   - gen and ttl fields are written, not only read.
//   - A bin of the wrong type is an error. The official client converts floats to integers, and
//     integers other than 0 and 1 to bools.
//   - An any gets integers as int64.
//
// # Queries and patches
//
// Typed fields make conditions, orders and changes; see [Fields] and [Of]. A [Table] is a Repo
// whose keys have a type.
//
//   - [Repo.Where], [Repo.WhereText] and [Repo.All] begin a [Query]: Rows, Slice, First, Count,
//     Page, Explain, and Patch and Delete in the background. [Select] reads fewer bins; [GroupBy]
//     computes aggregates. No query reads a whole set unless it says so.
//   - [Prepare] returns a SELECT of the SQL dialect whose rows are structs.
//   - [Repo.Patch], [Repo.Change] and [Repo.Upsert] change parts of a record in one command;
//     [Repo.PatchMany] and [Repo.UpsertMany] change those of many records in few messages.
//   - A [Ref] is the key of another record; [Load] and [LoadAll] read what objects refer to.
//   - [PlanMigration] compares the tags with the tables and indexes of the cluster.
//   - Methods such as BeforeSave and Validate are called by reads and writes; see [BeforeSaver].
//
// Options of tags for these:
//
//   - index, index=name: an index of the bin; see [PlanMigration].
//   - created, updated: a time.Time that writes set. Save sets created only if the record has none.
//   - deleted: a time.Time that deletes set instead of removing the record; see [IncludeDeleted].
//
// # Generated methods
//
// The command aerosql gen writes typed fields, and methods with which the mapper encodes and
// decodes objects of a type in about half the time. They store the same bytes. If the struct's bins
// have changed since, New returns an error that says so. If an option of New changes the form of a
// bin the methods are not used.
//
// # Transactions
//
// In namespaces with strong consistency calls take part in the transaction of their context. It
// comes from cluster.Client.Transact or driver.Transact, which repeat the function after a
// conflict, from cluster.WithTxn, or from an sql.Tx by driver.WithTx. All calls of a Repo on an
// sql.Tx belong to its transaction; see [InTx]. Needs server 8 Enterprise.
//
//	err := client.Transact(ctx, nil, func(ctx context.Context) error {
//		ada, err := accounts.Find(ctx, "ada")
//		...
//		return accounts.SaveMany(ctx, ada, bob)
//	})
//
// ScanAll can't be part of a transaction and returns cluster.ErrTxnQuery. If others have written a
// record since the transaction read it, the error is protocol.TransactionVersionMismatch; Modify
// doesn't retry then, because the transaction can no longer succeed. After a transaction, committed
// or not, the generations of objects that were saved in it are out of date: read them again before
// saving them with a generation check.
package mapper
