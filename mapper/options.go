package mapper

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
)

// An Option changes what [New] would do by itself.
type Option func(*config) error

type config struct {
	namespace string
	set       string
	hasSet    bool
	native    bool
	noKey     bool // the user key is not stored with records
	keyType   reflect.Type
	key       func(base unsafe.Pointer) any
	read      *cluster.ReadPolicy
	write     *cluster.WritePolicy
	batch     *cluster.BatchPolicy
	scan      *cluster.QueryPolicy
}

// WithNamespace names the namespace. Over a *sql.DB it is the one of its DSN by
// default, over a *cluster.Client it must be named.
func WithNamespace(namespace string) Option {
	return func(c *config) error { c.namespace = namespace; return nil }
}

// WithSet names the set; "" is the namespace's null set. The default is what a method
// AerospikeSet() string of the type returns, or the type's name in snake case:
// records of OrderLine live in order_line.
func WithSet(set string) Option {
	return func(c *config) error { c.set, c.hasSet = set, true; return nil }
}

// WithKey makes the user key out of an object, for types without a field
// tagged pk and without a method AerospikeKey() any. The key is an integer, a
// string, a []byte or an array of bytes.
func WithKey[T any](key func(*T) any) Option {
	return func(c *config) error {
		if key == nil {
			return fmt.Errorf("mapper: WithKey of a nil function")
		}
		c.keyType = reflect.TypeFor[T]()
		c.key = func(base unsafe.Pointer) any { return key((*T)(base)) }
		return nil
	}
}

// WithNativeTypes stores bools as booleans and arrays of bytes as blobs unless
// a tag says otherwise, which is shorter and what a new program wants. By default they are
// the integers 0 and 1 and lists of integers, as the official client writes them. Both forms are always read.
func WithNativeTypes() Option {
	return func(c *config) error { c.native = true; return nil }
}

// WithoutSendKey keeps user keys from being stored with the records. A type
// with a field tagged pk can't be read by [Repo.ScanAll] then. Over a *sql.DB whose data source
// name says send_key=false it is the default.
func WithoutSendKey() Option {
	return func(c *config) error { c.noKey = true; return nil }
}

// WithReadPolicy is the policy of Find, FindInto and Exists.
func WithReadPolicy(p cluster.ReadPolicy) Option {
	return func(c *config) error { c.read = &p; return nil }
}

// WithWritePolicy is the policy of everything that writes, by default the client's own. Its fields Exists, Generation,
// GenerationPolicy, SendKey and RespondAllOps are the mapper's own; its TTL holds for
// types without a field tagged `asm:"ttl"`.
func WithWritePolicy(p cluster.WritePolicy) Option {
	return func(c *config) error { c.write = &p; return nil }
}

// WithBatchPolicy is the policy of FindMany, SaveMany and the other calls on many records.
func WithBatchPolicy(p cluster.BatchPolicy) Option {
	return func(c *config) error { c.batch = &p; return nil }
}

// WithScanPolicy is the policy of ScanAll.
func WithScanPolicy(p cluster.QueryPolicy) Option {
	return func(c *config) error { c.scan = &p; return nil }
}

// setOf returns the set of a type that no option names.
func setOf(t reflect.Type) (string, error) {
	if named, ok := reflect.New(t).Interface().(interface{ AerospikeSet() string }); ok {
		return named.AerospikeSet(), nil
	}
	name, _, _ := strings.Cut(t.Name(), "[") // without type arguments
	if name == "" {
		return "", fmt.Errorf("mapper: a type without a name needs WithSet")
	}
	return snakeCase(name), nil
}

// snakeCase puts an underscore before every word: HTTPServer2Go becomes http_server2_go.
func snakeCase(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 {
			endsWord := !unicode.IsUpper(runes[i-1])
			startsWord := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if runes[i-1] != '_' && (endsWord || startsWord) {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
