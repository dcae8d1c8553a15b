package sim

import "github.com/aerosql/aerosql/protocol"

// A Verb is what a command does with one record.
type Verb uint8

// The verbs. Those before Get write.
const (
	Put     Verb = iota // merges the token and the key into the record
	Append              // appends the token to a blob
	Push                // appends the token to a list and reads the list
	Create              // puts if there is no record
	Replace             // replaces the whole record, if there is one
	Update              // puts into a record that exists
	Swap                // puts if the generation is the last one that the caller saw
	Touch
	Delete
	Erase // deletes with an operation
	// These go through package mapper and through SQL.
	MapperSave
	MapperModify // adds 1 to a counter, guarded by the generation
	MapperInsert
	SQLAdd     // adds 1 to a counter with an operation
	SQLGuarded // adds 1 to a counter, guarded by the generation
	SQLInsert
	SQLDelete
	SQLUpsert
	SQLCount     // creates a counter with 1, or adds 1 to it, with one operation
	SQLReturning // adds 1 to a counter with an operation and reads the record with it
	Get
	GetSome // reads named bins
	Header
	Exists
	Look // reads with operations
	verbCount
)

// firstDoor and firstRead separate the groups of verbs.
const (
	firstHighLevel = MapperSave
	firstRead      = Get
)

// verbFacts is what the checker needs to know about a verb.
type verbFacts struct {
	name string
	// refusals are the result codes other than OK that a healthy server may return.
	refusals []protocol.ResultCode
	// guarded verbs write only if the record has not changed since they read it; otherwise they
	// read it again.
	guarded bool
}

var verbs = [verbCount]verbFacts{
	Put: {name: "put"}, Append: {name: "append"}, Push: {name: "push"},
	Create:  {"create", []protocol.ResultCode{protocol.KeyExists}, false},
	Replace: {"replace", []protocol.ResultCode{protocol.KeyNotFound}, false},
	Update:  {"update", []protocol.ResultCode{protocol.KeyNotFound}, false},
	Swap:    {"swap", []protocol.ResultCode{protocol.GenerationError}, false},
	Touch:   {"touch", []protocol.ResultCode{protocol.KeyNotFound}, false},
	Delete:  {"delete", []protocol.ResultCode{protocol.KeyNotFound}, false},
	Erase:   {"erase", []protocol.ResultCode{protocol.KeyNotFound}, false},

	MapperSave:   {name: "mapper save"},
	MapperModify: {"mapper modify", []protocol.ResultCode{protocol.KeyNotFound, protocol.GenerationError}, true},
	MapperInsert: {"mapper insert", []protocol.ResultCode{protocol.KeyExists}, false},
	SQLAdd:       {"SQL add", []protocol.ResultCode{protocol.KeyNotFound}, false},
	SQLGuarded:   {"SQL guarded add", []protocol.ResultCode{protocol.KeyNotFound, protocol.GenerationError}, true},
	SQLInsert:    {"SQL insert", []protocol.ResultCode{protocol.KeyExists}, false},
	SQLDelete:    {"SQL delete", []protocol.ResultCode{protocol.KeyNotFound}, false},
	SQLUpsert:    {name: "SQL upsert"},
	SQLCount:     {name: "SQL count"},
	SQLReturning: {"SQL returning", []protocol.ResultCode{protocol.KeyNotFound}, false},

	Get:     {"get", []protocol.ResultCode{protocol.KeyNotFound}, false},
	GetSome: {"get bins", []protocol.ResultCode{protocol.KeyNotFound}, false},
	Header:  {"header", []protocol.ResultCode{protocol.KeyNotFound}, false},
	Exists:  {"exists", []protocol.ResultCode{protocol.KeyNotFound}, false},
	Look:    {"look", []protocol.ResultCode{protocol.KeyNotFound}, false},
}

// String returns the verb in words.
func (v Verb) String() string { return verbs[v].name }

// Writes reports whether the verb can change a record.
func (v Verb) Writes() bool { return v < firstRead }

// removes reports whether the record is gone after the verb was applied.
func (v Verb) removes() bool { return v == Delete || v == Erase }

// isHighLevel reports whether the verb goes through package mapper or SQL.
func (v Verb) isHighLevel() bool { return v >= firstHighLevel && v < firstRead }

// counts reports whether the verb adds 1 to the record's counter.
func (v Verb) counts() bool {
	return v == MapperModify || v == SQLAdd || v == SQLGuarded || v == SQLCount || v == SQLReturning
}
