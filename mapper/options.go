package mapper

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
)

// An Option configures a Repo; see [New].
type Option func(*config) error

type config struct {
	namespace string
	set       string
	hasSet    bool
	native    bool
	now       func() time.Time
	cursorKey []byte // signs cursors
	noKey     bool   // don't store user keys with records
	knownBins bool   // a bin without a field is an error of reads
	noMethods bool   // don't use generated methods
	registry
	keyType reflect.Type
	key     func(base unsafe.Pointer) any
	read    *cluster.ReadPolicy
	write   *cluster.WritePolicy
	batch   *cluster.BatchPolicy
	scan    *cluster.QueryPolicy
}

// configOf returns the configuration of some options.
func configOf(opts []Option) (*config, error) {
	cfg := new(config)
	for i, opt := range opts {
		if opt == nil {
			return nil, &emptyError{"", fmt.Sprintf("option %d is nil", i+1)}
		}
		if err := opt(cfg); err != nil {
			return nil, err
		}
	}
	return cfg, nil
}

// WithNamespace sets the namespace. The default is that of the DSN for a *sql.DB. There is no
// default for a *cluster.Client.
func WithNamespace(namespace string) Option {
	return func(c *config) error { c.namespace = namespace; return nil }
}

// WithSet sets the set; "" is the null set of the namespace. The default is what a method
// AerospikeSet() string of the type returns, or else the type's name in snake case: order_line for
// OrderLine. Instances of generic types have no default.
func WithSet(set string) Option {
	return func(c *config) error { c.set, c.hasSet = set, true; return nil }
}

// WithKey sets a function that returns the user key of an object. It is for types that have no
// field tagged pk, and overrides a method AerospikeKey() any. The key is an integer, a string, a
// []byte or an array of bytes.
func WithKey[T any](key func(*T) any) Option {
	return func(c *config) error {
		if key == nil {
			return &emptyError{"WithKey", "the function is nil"}
		}
		c.keyType = reflect.TypeFor[T]()
		c.key = func(base unsafe.Pointer) any { return key((*T)(base)) }
		return nil
	}
}

// WithNativeTypes stores bools as booleans, arrays of bytes as blobs, and types with Value and Scan
// as what Value returns, such as a UUID as text, unless a tag selects another form. Use it in new
// programs: the values are shorter. By default bools are the integers 0 and 1 and arrays of bytes
// are lists of integers, as in the official client. Both forms are always read.
func WithNativeTypes() Option {
	return func(c *config) error { c.native = true; return nil }
}

// WithoutSendKey writes records without their user keys. [Repo.ScanAll] can't read types with a
// field tagged pk then. It is the default for a *sql.DB with send_key=false in its DSN.
func WithoutSendKey() Option {
	return func(c *config) error { c.noKey = true; return nil }
}

// WithKnownBins makes a read of a record with a bin that no field has an error: [ErrUnknownBin] in
// a [FieldError] that names the bin. By default such bins are not read, and Save leaves them as
// they are. See also option rest, which keeps them in a map.
func WithKnownBins() Option {
	return func(c *config) error { c.knownBins = true; return nil }
}

// WithReadPolicy sets the policy of Find, FindInto, Exists and the reads of Modify. The default is
// the client's.
func WithReadPolicy(p cluster.ReadPolicy) Option {
	return func(c *config) error { c.read = &p; return nil }
}

// WithWritePolicy sets the policy of all calls that write one record. The default is the client's.
// The fields Exists, Generation, GenerationPolicy, SendKey and RespondAllOps are ignored: the
// mapper sets them. TTL is used for types without a field tagged `asm:"ttl"`.
func WithWritePolicy(p cluster.WritePolicy) Option {
	return func(c *config) error { c.write = &p; return nil }
}

// WithBatchPolicy sets the policy of the batches of FindMany, SaveMany and the other Many methods.
// The default is the client's. Each write of a batch also has the write policy.
func WithBatchPolicy(p cluster.BatchPolicy) Option {
	return func(c *config) error { c.batch = &p; return nil }
}

// WithScanPolicy sets the policy of ScanAll. The default is the client's.
func WithScanPolicy(p cluster.QueryPolicy) Option {
	return func(c *config) error { c.scan = &p; return nil }
}

// setOf returns the default set of a type.
func setOf(t reflect.Type) (string, error) {
	if named, ok := reflect.New(t).Interface().(interface{ AerospikeSet() string }); ok {
		return named.AerospikeSet(), nil
	}
	switch name := t.Name(); {
	case name == "":
		return "", fmt.Errorf("mapper: the type has no name: use WithSet")
	case strings.Contains(name, "["):
		// Without its arguments the name would be that of all instances.
		return "", fmt.Errorf("mapper: %s is an instance of a generic type, whose instances would share a set: use WithSet, or give it a method AerospikeSet() string", t)
	default:
		return snakeCase(name), nil
	}
}

// snakeCase returns a Go name in snake case: HTTPServer2Go becomes http_server2_go.
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

// WithClock sets the function that returns the time of writes, for fields tagged created, updated
// and deleted, and for times to live. The default is time.Now.
func WithClock(now func() time.Time) Option {
	return func(c *config) error {
		if now == nil {
			return &emptyError{"WithClock", "the function is nil"}
		}
		c.now = now
		return nil
	}
}
