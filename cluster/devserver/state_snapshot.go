package devserver

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/aerosql/aerosql/cluster/devserver/internal/secondary"
	"github.com/aerosql/aerosql/protocol"
)

// Snapshot writes the state of the cluster: namespaces, sets with their options, secondary indexes,
// UDF modules, truncation times and all records, with tombstones and open transactions. Each record
// is as of the moment when it is written. Users, nodes and configuration are not included.
//
// A gone node's copies are not included, only what the cluster has now.
func (s *Server) Snapshot(w io.Writer) error { return s.snapshot(w, false) }

// snapshot is Snapshot, with users and configuration if all is true.
func (s *Server) snapshot(w io.Writer, all bool) error {
	out := &entryFile{out: bufio.NewWriterSize(w, 1<<20)}
	out.write(appendHeader(nil))
	s.writeState(out)
	if all {
		s.writeKept(out)
	}
	end := beginEntry(nil, entryEnd)
	end.number(out.entries)
	out.write(end.end())
	if out.err != nil {
		return out.err
	}
	return out.out.Flush()
}

// An entryFile writes entries until the first error.
type entryFile struct {
	out     *bufio.Writer
	entries uint64
	err     error
}

func (f *entryFile) write(b []byte) {
	if f.err == nil {
		_, f.err = f.out.Write(b)
	}
}

func (f *entryFile) entry(b []byte) {
	f.entries++
	f.write(b)
}

// writeState writes entries from which the state can be rebuilt.
func (s *Server) writeState(out *entryFile) {
	for _, ns := range s.namespaces.Load().list {
		out.entry(namespaceEntry(nil, ns.config()))
	}
	for _, m := range s.modules.all() {
		out.entry(moduleEntry(nil, m))
	}
	for _, ns := range s.namespaces.Load().list {
		if at := ns.truncated.Load(); at > 0 {
			out.entry(truncateEntry(nil, ns.name, "", at))
		}
		for _, set := range ns.allSets() {
			out.entry(setEntry(nil, ns, set))
			if at := set.truncated.Load(); at > 0 {
				out.entry(truncateEntry(nil, ns.name, set.name, at))
			}
		}
	}
	for _, ns := range s.namespaces.Load().list {
		ns.writeRecords(out)
	}
	for _, d := range s.indexes.in("") {
		out.entry(indexEntryOf(nil, &d.indexDefinition))
	}
}

func (ns *namespace) writeRecords(out *entryFile) {
	var records []*record
	var buf []byte
	for pid := range ns.partitions {
		p := &ns.partitions[pid]
		p.mu.Lock()
		records = p.truth().appendDescending(records[:0], nil)
		p.mu.Unlock()
		for _, r := range records {
			buf = putEntry(buf[:0], ns, r)
			out.entry(buf)
		}
	}
}

func putEntry(buf []byte, ns *namespace, r *record) []byte {
	w := beginEntry(buf, entryPut)
	w.text(ns.name)
	w.record(r)
	return w.end()
}

func dropEntry(buf []byte, ns *namespace, d *protocol.Digest) []byte {
	w := beginEntry(buf, entryDrop)
	w.text(ns.name)
	w.buf = append(w.buf, d[:]...)
	return w.end()
}

func truncateEntry(buf []byte, namespace, set string, at uint64) []byte {
	w := beginEntry(buf, entryTruncate)
	w.text(namespace)
	w.text(set)
	w.number(at)
	return w.end()
}

func indexEntryOf(buf []byte, d *indexDefinition) []byte {
	w := beginEntry(buf, entryIndex)
	for _, s := range []string{d.namespace, d.set, d.name, d.bin, d.context, d.expression} {
		w.text(s)
	}
	w.number(uint64(d.form))
	w.number(uint64(d.particle))
	return w.end()
}

func dropIndexEntry(buf []byte, namespace, name string) []byte {
	w := beginEntry(buf, entryDropIndex)
	w.text(namespace)
	w.text(name)
	return w.end()
}

func moduleEntry(buf []byte, m module) []byte {
	w := beginEntry(buf, entryModule)
	w.text(m.name)
	w.bytes(m.content)
	return w.end()
}

func dropModuleEntry(buf []byte, name string) []byte {
	w := beginEntry(buf, entryDropModule)
	w.text(name)
	return w.end()
}

func setEntry(buf []byte, ns *namespace, s *set) []byte {
	o := s.config()
	w := beginEntry(buf, entrySet)
	w.text(ns.name)
	w.text(s.name)
	w.number(uint64(o.defaultTTL))
	w.number(uint64(uint32(o.readTouch)))
	flags := uint64(0)
	if o.disableEviction {
		flags |= 1
	}
	if o.indexed {
		flags |= 2
	}
	w.number(flags)
	w.number(uint64(o.stopCount))
	w.number(uint64(o.stopSize))
	return w.end()
}

func namespaceEntry(buf []byte, o *NamespaceOptions) []byte {
	packed, _ := json.Marshal(o) // has only numbers, strings and booleans
	w := beginEntry(buf, entryNamespace)
	w.bytes(packed)
	return w.end()
}

// Restore replaces the state of the cluster by that of a snapshot. Namespaces that the cluster
// lacks are added; others stay, without records if the snapshot does not have them. If the snapshot
// is damaged the error wraps [ErrDamaged] and nothing changes.
func (s *Server) Restore(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := checkSnapshot(bytes.NewReader(data)); err != nil {
		return err
	}
	if err := s.Reset(); err != nil {
		return err
	}
	for _, ns := range s.namespaces.Load().list {
		ns.forgetTruncations()
	}
	in := bytes.NewReader(data)
	_ = readHeader(in) // was checked
	if err := s.load(in); err != nil || s.journal == nil {
		return err
	}
	return s.journal.compact(s)
}

// forgetTruncations clears the truncation times, which would hide older records.
func (ns *namespace) forgetTruncations() {
	ns.truncated.Store(0)
	for _, s := range ns.allSets() {
		s.truncated.Store(0)
	}
}

// checkSnapshot checks that a snapshot is complete and every entry is whole.
func checkSnapshot(in io.Reader) error {
	if err := readHeader(in); err != nil {
		return err
	}
	for n := uint64(0); ; n++ {
		t, fields, err := readEntry(in)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, errTorn):
			return fmt.Errorf("%w: the snapshot is not complete", ErrDamaged)
		case err != nil:
			return err
		case t != entryEnd:
			continue
		}
		if fields.number() != n {
			return fmt.Errorf("%w: the snapshot has %d entries", ErrDamaged, n)
		}
		return nil
	}
}

// load applies entries up to the end entry or the end of the file.
func (s *Server) load(in io.Reader) error {
	for {
		t, fields, err := readEntry(in)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case t == entryEnd:
			return nil
		}
		if err := s.apply(t, fields); err != nil {
			return err
		}
		if fields.bad {
			return fmt.Errorf("%w: an entry of type %d ends early", ErrDamaged, t)
		}
	}
}

// apply applies an entry.
func (s *Server) apply(t entryType, f *entryReader) error {
	switch t {
	case entryModule:
		s.putModule(module{f.text(), f.bytes()})
		return nil
	case entryDropModule:
		s.removeModule(f.text())
		return nil
	case entryNamespace:
		return s.applyNamespace(f.bytes())
	case entryIndex:
		d := indexDefinition{namespace: f.text(), set: f.text(), name: f.text()}
		d.bin, d.context, d.expression = f.text(), f.text(), f.text()
		d.form, d.particle = secondary.Form(f.number()), protocol.ParticleType(f.number())
		if f.bad {
			return nil
		}
		if err := s.indexes.create(s, d); err != nil {
			return fmt.Errorf("%w: index %q: %w", ErrDamaged, d.name, err)
		}
		return nil
	case entryDropIndex:
		s.indexes.delete(s, f.text(), f.text())
		return nil
	case entryUsers:
		return s.applyUsers(f.bytes())
	case entrySetting:
		key := settingKey{f.text(), f.text()}
		if value := f.text(); !f.bad {
			s.applySetting(key, value)
		}
		return nil
	}
	name := f.text()
	ns := s.namespace([]byte(name))
	if ns == nil {
		return fmt.Errorf("%w: an entry of the unknown namespace %q", ErrDamaged, name)
	}
	switch t {
	case entryPut:
		if r := f.record(ns, false); !f.bad {
			ns.load(r)
		}
	case entryDrop:
		if d := f.digest(); !f.bad {
			p := &ns.partitions[d.Partition()]
			p.mu.Lock()
			ns.drop(p, &d)
			p.mu.Unlock()
		}
	case entryTruncate:
		if set, at := f.text(), f.number(); !f.bad {
			s.clock.advance(at)
			ns.truncate(set, at)
		}
	case entrySet:
		ns.applySet(f)
	default:
		return fmt.Errorf("%w: an entry of the unknown type %d", ErrDamaged, t)
	}
	return nil
}

// load stores a record and notes an open transaction.
func (ns *namespace) load(r *record) {
	p := &ns.partitions[r.digest.Partition()]
	p.mu.Lock()
	ns.store(p, r)
	p.mu.Unlock()
	if r.isMonitor() && !r.tombstone {
		ns.monitors.open(r)
	}
}

func (ns *namespace) applySet(f *entryReader) {
	s, code := ns.createSet(f.bytes())
	o := setOptions{defaultTTL: uint32(f.number()), readTouch: int32(uint32(f.number()))}
	flags := f.number()
	o.disableEviction, o.indexed = flags&1 != 0, flags&2 != 0
	o.stopCount, o.stopSize = int64(f.number()), int64(f.number())
	if f.bad || code != protocol.OK || s == nil {
		f.bad = true
		return
	}
	s.options.Store(&o)
	if o.indexed {
		ns.indexSet(s)
	}
	ns.server.journal.add(func(buf []byte) []byte { return setEntry(buf, ns, s) })
}

func (s *Server) applyNamespace(packed []byte) error {
	var o NamespaceOptions
	if err := json.Unmarshal(packed, &o); err != nil {
		return fmt.Errorf("%w: the options of a namespace: %w", ErrDamaged, err)
	}
	if s.namespace([]byte(o.Name)) != nil {
		return nil
	}
	return s.AddNamespace(o)
}
