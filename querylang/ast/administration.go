package ast

import "github.com/aerosql/aerosql/protocol"

// A ChangeVerb is the first word of a statement that administers something.
type ChangeVerb uint8

// The verbs.
const (
	CreateVerb ChangeVerb = iota // CREATE
	AlterVerb                    // ALTER
	DropVerb                     // DROP
)

// User is CREATE USER, ALTER USER or DROP USER.
type User struct {
	Verb ChangeVerb
	// Name is the user. In ALTER USER its Text may be "", which is the session's own user: SET
	// PASSWORD = value.
	Name    Name
	Lenient bool // IF NOT EXISTS or IF EXISTS
	// Password is nil for a user without one, who logs in with a certificate. It is never printed.
	Password Expr
	Roles    []Name
	Pos      Pos
}

// Role is CREATE ROLE, ALTER ROLE or DROP ROLE.
type Role struct {
	Verb       ChangeVerb
	Name       Name
	Lenient    bool // IF NOT EXISTS or IF EXISTS
	Privileges []Privilege
	Scope      Scope // of the privileges without one
	// Options are the quotas and the allow list: WITH (read_quota = 100).
	Options []Option
	Pos     Pos
}

// A Privilege is a privilege of a role, such as read or read-write.test.demo.
type Privilege struct {
	Code  protocol.PrivilegeCode
	Scope Scope
	Pos   Pos
}

// A Scope is what a privilege is limited to. The zero Scope means no limit.
type Scope struct {
	// Namespace is the namespace. Its Text is "" if Set is in the default namespace, or if there is
	// no limit.
	Namespace, Set Name
}

// IsZero reports whether there is no limit.
func (s Scope) IsZero() bool { return s.Namespace.IsZero() && s.Set.IsZero() }

// Grant is GRANT or REVOKE. It has either Roles, which users get, or Privileges, which roles get.
type Grant struct {
	Revoke     bool
	Roles      []Name
	Privileges []Privilege
	Scope      Scope // of the privileges without one
	To         []Name
	Pos        Pos
}

// Module is CREATE FUNCTION or DROP FUNCTION, of a module of functions in Lua.
type Module struct {
	Verb    ChangeVerb
	Name    Name
	Lenient bool // IF NOT EXISTS or IF EXISTS
	Replace bool // OR REPLACE
	// Source is the text of the module.
	Source Expr
	// File is the path of a local file with the text: REGISTER MODULE 'path'.
	File Expr
	Pos  Pos
}

// An ExecuteVerb is how a function of a module is called.
type ExecuteVerb uint8

// The verbs.
const (
	CallVerb      ExecuteVerb = iota // CALL: on single records
	ExecuteAll                       // EXECUTE: on all records that meet a condition
	AggregateVerb                    // AGGREGATE: on a stream of records
)

// Execute is CALL, EXECUTE or AGGREGATE module.function(arguments) ON table [WHERE condition].
type Execute struct {
	Verb             ExecuteVerb
	Module, Function Name
	Args             []Expr
	Table            TableName
	Where            Expr   // nil without WHERE
	Reduce           string // of AGGREGATE: SUM, MIN, MAX or MERGE in upper case; "" without REDUCE
	Wait             bool   // of EXECUTE
	Pos              Pos
}

// Kill is KILL job.
type Kill struct {
	Job Expr
	Pos Pos
}

// Analyze is ANALYZE table, ...
type Analyze struct {
	Tables []TableName
	Pos    Pos
}

// AlterSystem is ALTER SYSTEM SET path = value. The path is the name of a setting, after the
// section of the configuration.
type AlterSystem struct {
	Path  []Name
	Value Expr
	Pos   Pos
}

// AlterXDR is ALTER XDR datacenter NAMESPACE namespace SET FILTER (condition), or DROP FILTER.
type AlterXDR struct {
	Datacenter, Namespace Name
	Filter                Expr // nil for DROP FILTER
	Pos                   Pos
}

// TruncateNamespace is TRUNCATE NAMESPACE namespace [BEFORE time].
type TruncateNamespace struct {
	Namespace Name
	Before    Expr // nil without BEFORE
	Pos       Pos
}

func (*User) statement()              {}
func (*Role) statement()              {}
func (*Grant) statement()             {}
func (*Module) statement()            {}
func (*Execute) statement()           {}
func (*Kill) statement()              {}
func (*Analyze) statement()           {}
func (*AlterSystem) statement()       {}
func (*AlterXDR) statement()          {}
func (*TruncateNamespace) statement() {}

// Position returns the position of the statement's first word.
func (s *User) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Role) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Grant) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Module) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Execute) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Kill) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Analyze) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *AlterSystem) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *AlterXDR) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *TruncateNamespace) Position() Pos { return s.Pos }

// String returns the statement as SQL, with *** in place of the password.
func (s *User) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Role) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Grant) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Module) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Execute) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Kill) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Analyze) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *AlterSystem) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *AlterXDR) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *TruncateNamespace) String() string { return statementText(s) }
