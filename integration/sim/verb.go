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
	Get
	GetSome // named bins
	Header
	Exists
	Look // reads by operations
	verbCount
)

// firstRead separates the verbs.
const firstRead = Get

// verbFacts is what the checker must know of a verb.
type verbFacts struct {
	name string
	// refusals are the verdicts other than OK that a server in order may give.
	refusals []protocol.ResultCode
}

var verbs = [verbCount]verbFacts{
	Put: {name: "put"}, Append: {name: "append"}, Push: {name: "push"},
	Create:  {"create", []protocol.ResultCode{protocol.KeyExists}},
	Replace: {"replace", []protocol.ResultCode{protocol.KeyNotFound}},
	Update:  {"update", []protocol.ResultCode{protocol.KeyNotFound}},
	Swap:    {"swap", []protocol.ResultCode{protocol.GenerationError}},
	Touch:   {"touch", []protocol.ResultCode{protocol.KeyNotFound}},
	Delete:  {"delete", []protocol.ResultCode{protocol.KeyNotFound}},
	Erase:   {"erase", []protocol.ResultCode{protocol.KeyNotFound}},
	Get:     {"get", []protocol.ResultCode{protocol.KeyNotFound}},
	GetSome: {"get bins", []protocol.ResultCode{protocol.KeyNotFound}},
	Header:  {"header", []protocol.ResultCode{protocol.KeyNotFound}},
	Exists:  {"exists", []protocol.ResultCode{protocol.KeyNotFound}},
	Look:    {"look", []protocol.ResultCode{protocol.KeyNotFound}},
}

// String returns the verb in a word.
func (v Verb) String() string { return verbs[v].name }

// Writes reports whether the verb can change a record.
func (v Verb) Writes() bool { return v < firstRead }

// removes reports whether the record is gone when the verb has been applied.
func (v Verb) removes() bool { return v == Delete || v == Erase }
