package admin

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// FuzzInfoValues checks the parsers of info answers with any text: an error is always a
// *protocol.Error and not much longer than the text, and memory is bounded. The seeds include
// answers of older and newer servers and malformed ones.
func FuzzInfoValues(f *testing.F) {
	for _, text := range []string{
		"ns=test:indexname=i:set=s:bin=b:type=numeric:indextype=default:context=null:exp=null:state=RW;ns=test:indexname=j:set=s:indextype=set;",
		"ns=test:indexname=i:set=null:bin=b:type=string:indextype=mapkeys:context=lCKiA2sQ/w==:exp=kwGTUQKhaQc=:state=WO",
		"filename=a.lua,hash=f58b5a69e8a86d54d1b5a8c4e5b1b1b1,type=LUA;filename=b.lua,hash=,type=LUA;",
		"error=compile_error;file=a.lua;line=1;message=b29wcw==", "error=not_found", "ERROR:4:bad", "FAIL:201:no index", "ERROR::",
		"trid=7:ns=test:set=s:sindex-name=i:job-type=background-udf:status=active(ok):job-progress=12.5:recs-succeeded=5:run-time=3;trid=8:status=done(ok)",
		"ns=test:set=s:objects=3:tombstones=0:truncate_lut=5:default-ttl=9;ns_type=unknown",
		"objects=3;uptime=99999999999999999999;cluster_key=;=;a==b;;", "namespace=test:exp=kwGTUQKhaQc=",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for name, parse := range infoParsers(text) {
			var err error
			wiretest.Bounded(t, len(text), wiretest.Entries, func() { _, err = parse() })
			if err == nil {
				continue
			}
			_, typed := errors.AsType[*protocol.Error](err)
			require.True(t, typed, "%s: %v", name, err)
			require.LessOrEqual(t, len(err.Error()), len(text)+1000, name)
		}
	})
}

// infoParsers returns the parsers of info answers, bound to a text. Each returns the number of
// entries it parsed.
func infoParsers(text string) map[string]func() (int, error) {
	return map[string]func() (int, error){
		"indexes": func() (int, error) { all, err := parseIndexes(text); return len(all), err },
		"modules": func() (int, error) { return len(parseModules(text)), moduleError(text) },
		"jobs":    func() (int, error) { all, err := parseJobs(text); return len(all), err },
		"sets":    func() (int, error) { all, err := parseSets(text); return len(all), err },
		"fields":  func() (int, error) { return len(parseFields(text)), nil },
	}
}

// TestInfoValuesThatCostMost parses lists of the shortest entries, which need the most memory per
// byte of text.
func TestInfoValuesThatCostMost(t *testing.T) {
	const size = 1 << 18
	names := ""
	for i := range 62 * 62 {
		names += string([]byte{base62[i%62], base62[i/62], ';'})
	}
	many := func(entry string) string { return strings.Repeat(entry, size/len(entry)) }
	for name, text := range map[string]string{
		"indexes": many("indextype=set;"), "modules": many("filename=a;"), "jobs": many("trid=1;"), "sets": many("ns=a:set=b;"),
	} {
		parse := infoParsers(text)[name]
		wiretest.Bounded(t, len(text), wiretest.Entries, func() {
			n, err := parse()
			require.NoError(t, err, name)
			require.NotZero(t, n, name)
		})
	}
}

const base62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
