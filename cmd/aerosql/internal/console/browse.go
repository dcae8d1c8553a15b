package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/monitor"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// browsePage lists the namespaces with their sets.
func (c *Console) browsePage(r *http.Request) (*view, error) {
	samples, err := c.recent(r.Context())
	if err != nil {
		return nil, err
	}
	type space struct {
		monitor.Namespace
		Sets []monitor.Set
	}
	last, spaces := samples[len(samples)-1], []space{}
	for _, n := range last.Namespaces {
		s := space{Namespace: n}
		for _, set := range last.Sets {
			if set.Namespace == n.Name {
				s.Sets = append(s.Sets, set)
			}
		}
		spaces = append(spaces, s)
	}
	return &view{page: "browse", Title: "Data", Data: spaces}, nil
}

const (
	recordsPerPage = 50
	maxColumns     = 12 // bins that the list of records shows as columns
	maxScans       = 64 // positions of lists of records that are kept
)

// scans are positions in lists of records, so that pages can be turned forward and back. The oldest
// ones are forgotten.
type scans struct {
	mu     sync.Mutex
	order  []string
	cursor map[string][]byte
}

func newScans() *scans { return &scans{cursor: make(map[string][]byte)} }

// keep keeps a position and returns its id.
func (s *scans) keep(cursor []byte) string {
	hash := sha256.Sum256(cursor)
	id := hex.EncodeToString(hash[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.cursor[id]; known {
		return id
	}
	if len(s.order) == maxScans {
		delete(s.cursor, s.order[0])
		s.order = s.order[1:]
	}
	s.order = append(s.order, id)
	s.cursor[id] = cursor
	return id
}

func (s *scans) find(id string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cursor, ok := s.cursor[id]
	return cursor, ok
}

// A recordsData is a page of a list of records.
type recordsData struct {
	Namespace, Set string
	Columns        []string
	HiddenBins     int
	Rows           []recordRow
	// Next is the address of the next page, "" on the last one. Page is the number of this one.
	Next string
	Page int
}

// A recordRow is a record in a list.
type recordRow struct {
	Link, Key  string
	Generation uint32
	TTL        string
	Cells      []tree
}

// recordsPage lists the records of a set, of which "" are those without a set.
func (c *Console) recordsPage(r *http.Request) (*view, error) {
	d := &recordsData{Namespace: r.FormValue("ns"), Set: r.FormValue("set"), Page: 1}
	if err := c.checkNamespace(d.Namespace); err != nil {
		return nil, err
	}
	cursor, err := c.position(r)
	if err != nil {
		return nil, err
	}
	if n, err := strconv.Atoi(r.FormValue("n")); err == nil && n > 1 {
		d.Page = n
	}
	records, err := c.scan(r.Context(), d.Namespace, d.Set, cursor)
	if err != nil {
		return nil, err
	}
	if !cursor.Done() && len(records) > 0 {
		saved, err := cursor.MarshalBinary()
		if err != nil {
			return nil, err
		}
		d.Next = address("/records", "ns", d.Namespace, "set", d.Set, "from", c.scans.keep(saved), "n", strconv.Itoa(d.Page+1))
	}
	d.fill(records)
	title := d.Set
	if title == "" {
		title = "Records without a set"
	}
	return &view{page: "records", Title: title, Data: d}, nil
}

// checkNamespace returns an error unless the cluster has a namespace.
func (c *Console) checkNamespace(name string) error {
	if err := c.client.CheckNamespace(name); err != nil {
		return notFound("there is no namespace %q", name)
	}
	return nil
}

// position returns the cursor for a page.
func (c *Console) position(r *http.Request) (*cluster.Cursor, error) {
	from := r.FormValue("from")
	if from == "" {
		return cluster.NewCursor(cluster.AllPartitions())
	}
	saved, ok := c.scans.find(from)
	if !ok {
		return nil, &statusError{http.StatusGone, "this place in the list is no longer known; start from the first page"}
	}
	cursor := new(cluster.Cursor)
	return cursor, cursor.UnmarshalBinary(saved)
}

// scan reads the next records.
func (c *Console) scan(ctx context.Context, namespace, set string, cursor *cluster.Cursor) (records []*protocol.Record, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	policy := &cluster.QueryPolicy{MaxRecords: recordsPerPage}
	if set == "" {
		policy.Filter = exp.Filter(exp.Eq(exp.SetName(), exp.StringVal("")))
	}
	for record, err := range c.client.QueryFrom(ctx, policy, cluster.Statement{Namespace: namespace, Set: set}, cursor) {
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	return records, nil
}

// fill makes the rows of the list.
func (d *recordsData) fill(records []*protocol.Record) {
	names := make(map[string]int)
	for _, r := range records {
		for _, b := range r.Bins {
			names[b.Name]++
		}
	}
	for name := range names {
		d.Columns = append(d.Columns, name)
	}
	slices.Sort(d.Columns)
	if len(d.Columns) > maxColumns {
		d.HiddenBins, d.Columns = len(d.Columns)-maxColumns, d.Columns[:maxColumns]
	}
	for _, r := range records {
		row := recordRow{
			Link: recordAddress(r.Key), Key: keyText(r.Key), Generation: r.Generation, TTL: ttlText(r),
		}
		for _, name := range d.Columns {
			cell := tree{}
			if v, ok := r.Bin(name); ok {
				cell = treeOf("", v)
				cell.Open = false
			}
			row.Cells = append(row.Cells, cell)
		}
		d.Rows = append(d.Rows, row)
	}
}

// recordAddress returns the address of a record's page.
func recordAddress(k protocol.Key) string {
	pairs := []string{"ns", k.Namespace, "set", k.Set, "digest", k.Digest().String()}
	user := k.UserKey()
	if n, ok := user.Int(); ok {
		pairs = append(pairs, "key", strconv.FormatInt(n, 10), "type", "integer")
	} else if text, ok := user.Text(); ok && len(text) <= maxKeyHint {
		pairs = append(pairs, "key", text, "type", "string")
	} else if b, ok := user.Bytes(); ok && len(b) <= maxKeyHint {
		pairs = append(pairs, "key", hex.EncodeToString(b), "type", "blob")
	}
	return address("/record", pairs...)
}

// maxKeyHint is the size of the largest user key that is part of an address.
const maxKeyHint = 256

// keyText returns the user key, or the digest if the server did not store the key.
func keyText(k protocol.Key) string {
	if user := k.UserKey(); !user.IsNil() {
		return leafText(user)
	}
	return k.Digest().String()
}

// ttlText returns how long a record lives.
func ttlText(r *protocol.Record) string {
	if r.VoidTime == 0 {
		return "never"
	}
	return formatDuration(r.TTL(time.Now()))
}

// find leads from a key to its record.
func (c *Console) find(r *http.Request) (*view, error) {
	value, err := keyValue(r.FormValue("key"), r.FormValue("type"))
	if err != nil {
		return nil, err
	}
	if err := c.checkNamespace(r.FormValue("ns")); err != nil {
		return nil, err
	}
	key, err := protocol.KeyFromValue(r.FormValue("ns"), r.FormValue("set"), value)
	if err != nil {
		return nil, badRequest("%v", err)
	}
	return &view{redirect: recordAddress(key)}, nil
}

// keyValue returns the user key that a text stands for.
func keyValue(text, kind string) (protocol.Value, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	switch {
	case kind == "string", kind == "" && err != nil:
		return protocol.String(text), nil
	case kind == "integer" && err != nil:
		return protocol.Value{}, badRequest("%q is not an integer", text)
	case kind == "", kind == "integer":
		return protocol.Int(number), nil
	case kind == "blob":
		b, err := hex.DecodeString(text)
		if err != nil {
			return protocol.Value{}, badRequest("%q is not hexadecimal", text)
		}
		return protocol.Blob(b), nil
	}
	return protocol.Value{}, badRequest("there is no type %q of keys", kind)
}

// A recordData is what the page of a record shows.
type recordData struct {
	Namespace, Set, Key, KeyKind string
	Digest                       string
	Partition                    uint16
	Master                       string
	Replicas                     []string
	Generation                   uint32
	TTL                          string
	Expires                      time.Time
	Bins                         []tree
	Sizes                        int
}

// recordPage shows a record.
func (c *Console) recordPage(r *http.Request) (*view, error) {
	key, err := keyOf(r)
	if err != nil {
		return nil, err
	}
	record, err := c.client.Get(r.Context(), nil, key)
	if errors.Is(err, protocol.KeyNotFound) {
		return nil, notFound("there is no record with the digest %s in %s", key.Digest(), r.FormValue("ns"))
	} else if err != nil {
		return nil, err
	}
	d := &recordData{
		Namespace: key.Namespace, Set: key.Set, Key: keyText(key), KeyKind: "digest", Digest: key.Digest().String(),
		Partition: key.Partition(), Generation: record.Generation, TTL: ttlText(record),
	}
	d.nameKey(r, key)
	if record.VoidTime != 0 {
		d.Expires = time.Now().Add(record.TTL(time.Now()))
	}
	spaces, err := c.ownership(r.Context())
	if err != nil {
		return nil, err
	}
	for _, s := range spaces {
		if s.Name == key.Namespace {
			d.Master, d.Replicas = s.Master(d.Partition), s.Replicas(d.Partition)
		}
	}
	for _, b := range record.Bins {
		d.Bins = append(d.Bins, treeOf(b.Name, b.Value))
		d.Sizes += b.Value.Size()
	}
	return &view{page: "record", Title: "Record " + cut(d.Key, 60), Data: d}, nil
}

// nameKey shows the user key that the address has, if it is the one of the record. A record that is
// read by its digest comes without it.
func (d *recordData) nameKey(r *http.Request, key protocol.Key) {
	if r.FormValue("type") == "" {
		return
	}
	user, err := keyValue(r.FormValue("key"), r.FormValue("type"))
	if err != nil {
		return
	}
	if named, err := protocol.KeyFromValue(key.Namespace, key.Set, user); err == nil && named.Digest() == key.Digest() {
		d.Key, d.KeyKind = leafText(user), user.Kind().String()
	}
}

// keyOf returns the key that a request names by its digest.
func keyOf(r *http.Request) (protocol.Key, error) {
	bytes, err := hex.DecodeString(r.FormValue("digest"))
	var digest protocol.Digest
	if err != nil || len(bytes) != len(digest) {
		return protocol.Key{}, badRequest("%q is not a digest", r.FormValue("digest"))
	}
	copy(digest[:], bytes)
	key, err := protocol.KeyFromDigest(r.FormValue("ns"), r.FormValue("set"), digest)
	if err != nil {
		return key, badRequest("%v", err)
	}
	return key, nil
}

// deleteRecord deletes a record unless it has changed since it was shown.
func (c *Console) deleteRecord(r *http.Request) (*view, error) {
	key, err := keyOf(r)
	if err != nil {
		return nil, err
	}
	generation, err := strconv.ParseUint(r.FormValue("generation"), 10, 32)
	if err != nil {
		return nil, badRequest("the generation is missing")
	}
	policy := &cluster.WritePolicy{GenerationPolicy: cluster.ExpectEqual, Generation: uint32(generation), DurableDelete: c.client.SupportsTxn(key.Namespace)}
	existed, err := c.client.Delete(r.Context(), policy, key)
	switch {
	case errors.Is(err, protocol.GenerationError):
		return nil, &statusError{http.StatusConflict, "the record has changed since it was shown; look at it again"}
	case err != nil:
		return nil, err
	case !existed:
		return nil, notFound("the record was already gone")
	}
	return &view{redirect: address("/records", "ns", key.Namespace, "set", key.Set, "notice", fmt.Sprintf("Record %s is deleted.", key.Digest()))}, nil
}
