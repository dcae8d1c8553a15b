package querylang

import "github.com/aerosql/aerosql/querylang/ast"

// An Error describes a mistake in a statement and its position.
type Error = ast.Error

// The kinds of errors of a statement, for errors.Is.
var (
	// ErrSyntax means that the text is not a statement of the dialect.
	ErrSyntax = ast.ErrSyntax
	// ErrUnsupported means that the text is SQL that is not implemented or that Aerospike can't do.
	ErrUnsupported = ast.ErrUnsupported
	// ErrUnknownName means that a table, column or function does not exist.
	ErrUnknownName = ast.ErrUnknownName
	// ErrInvalidName means that no namespace, set or bin can have the name.
	ErrInvalidName = ast.ErrInvalidName
	// ErrType means that a value has the wrong type.
	ErrType = ast.ErrType
	// ErrArguments means that the arguments don't match the parameters or can't be stored.
	ErrArguments = ast.ErrArguments
	// ErrScanDenied means that the statement reads a whole set, which the options forbid.
	ErrScanDenied = ast.ErrScanDenied
	// ErrExists means that a definition creates what exists already.
	ErrExists = ast.ErrExists
)
