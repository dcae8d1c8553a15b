package protocol

import "errors"

// Errors that encoders and decoders wrap. Use errors.Is to test for them.
var (
	// ErrMalformed means that received bytes do not follow the protocol. The connection can't be
	// used after that, unless the bytes are only those of a value in a valid message.
	ErrMalformed = errors.New("malformed message")
	// ErrTooLarge means that a message to or from the server exceeds its size limit.
	ErrTooLarge = errors.New("message too large")
	// ErrTooDeep means that lists and maps are nested more than MaxDepth levels deep.
	ErrTooDeep = errors.New("value nested too deep")
	// ErrInvalidKey means that no record can have this namespace, set or user key.
	ErrInvalidKey = errors.New("invalid key")
	// ErrInvalidBin means that no bin can have this name.
	ErrInvalidBin = errors.New("invalid bin name")
	// ErrInvalidValue means that a value can't be stored.
	ErrInvalidValue = errors.New("invalid value")
	// ErrInvalidCommand means that a command contradicts itself, e.g. has no operations.
	ErrInvalidCommand = errors.New("invalid command")
)
