package sim

import "github.com/aerosql/aerosql/protocol"

// A Verb is what a command does with one record.
type Verb uint8

// The verbs. Those up to Erase write.
const (
	Put     Verb = iota // merges the token and the key into the record
	Append              // appends the token to a blob
	Push                // appends the token to a list and reads the list
	Create              // puts where there is no record
	Replace             // puts in place of the whole record, if there is one
	Update              // puts into a record that exists
	Swap                // puts if the generation is the one that the caller saw last
	Touch
	Delete
	Erase // deletes by an operation
	// These go through package mapper and through SQL.
	MapperSave
	MapperModify // adds 1 to a counter, guarded by the generation
	MapperInsert
	SQLAdd     // adds 1 to a counter by an operation
	SQLGuarded // adds 1 to a counter, guarded by the generation
	SQLInsert
	SQLDelete
	Get
	GetSome // named bins
	Header
	Exists
	Look // reads by operations
	verbCount
)

// firstDoor and firstRead separate the verbs.
const (
	firstDoor = MapperSave
	firstRead = Get
)

// verbFacts is what the checker must know of a verb.
type verbFacts struct {
	name string
	// refusals are the verdicts other than OK that a server in order may give.
	refusals []protocol.ResultCode
	// guarded verbs write what they have read only if it still is so, else they read again.
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

	Get:     {"get", []protocol.ResultCode{protocol.KeyNotFound}, false},
	GetSome: {"get bins", []protocol.ResultCode{protocol.KeyNotFound}, false},
	Header:  {"header", []protocol.ResultCode{protocol.KeyNotFound}, false},
	Exists:  {"exists", []protocol.ResultCode{protocol.KeyNotFound}, false},
	Look:    {"look", []protocol.ResultCode{protocol.KeyNotFound}, false},
}

// String returns the verb in a word.
func (v Verb) String() string { return verbs[v].name }

// Writes reports whether the verb can change a record.
func (v Verb) Writes() bool { return v < firstRead }

// removes reports whether the record is gone when the verb has been applied.
func (v Verb) removes() bool { return v == Delete || v == Erase }

// isDoor reports whether the verb goes through package mapper or SQL.
func (v Verb) isDoor() bool { return v >= firstDoor && v < firstRead }

// counts reports whether the verb adds 1 to the record's counter.
func (v Verb) counts() bool { return v == MapperModify || v == SQLAdd || v == SQLGuarded }
