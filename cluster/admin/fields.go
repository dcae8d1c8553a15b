package admin

import "github.com/aerosql/aerosql/cluster/internal/info"

// InfoFields are the names and values of an info answer, as the server sent them. Which names there
// are depends on the server's version. The typed fields of the same struct are those that all
// supported versions have.
type InfoFields map[string]string

// Int returns a value as an integer. It returns 0 if the value is missing or not an integer.
func (f InfoFields) Int(name string) int64 { return info.Int(f[name]) }

// Float returns a value as a number. It returns 0 if the value is missing or not a number.
func (f InfoFields) Float(name string) float64 { return info.Float(f[name]) }

// Bool reports whether a value is "true".
func (f InfoFields) Bool(name string) bool { return f[name] == "true" }

// parseFields reads an answer "a=1;b=2".
func parseFields(answer string) InfoFields { return info.ParseFields(answer, ";") }
