package admin

import "github.com/aerosql/aerosql/cluster/internal/info"

// InfoFields are the names and values of an info answer, as the server sent them. The set of names
// depends on the server version. Structs with a Fields field have typed fields for the values that
// all supported versions send.
type InfoFields map[string]string

// Int returns a value as an integer. It returns 0 if the value is missing or not an integer.
func (f InfoFields) Int(name string) int64 { return info.Int(f[name]) }

// Float returns a value as a number. It returns 0 if the value is missing or not a number.
func (f InfoFields) Float(name string) float64 { return info.Float(f[name]) }

// Bool reports whether a value is "true".
func (f InfoFields) Bool(name string) bool { return f[name] == "true" }

// parseFields parses an answer such as "a=1;b=2".
func parseFields(answer string) InfoFields { return info.ParseFields(answer, ";") }
