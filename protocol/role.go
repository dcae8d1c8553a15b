package protocol

// A Role is a named set of privileges. Users get privileges through their roles.
type Role struct {
	Name       string
	Privileges []Privilege
	// Allowlist has the addresses from which users with this role may connect, each in the form
	// "10.0.0.1" or "10.0.0.0/8". If it is empty they may connect from anywhere. Needs server 4.7.
	Allowlist []string
	// ReadQuota and WriteQuota limit the number of records that a user with this role may read and
	// write on each node, in records per second; 0 means no limit. Need server 5.6 with
	// enable-quotas.
	ReadQuota, WriteQuota uint32
}

// A User is a user as one node reports it.
type User struct {
	Name  string
	Roles []string // in the server's order
	// Read and Write are the quotas and the current load of the user on this node. Need server 5.6.
	Read, Write Usage
	// Connections is the number of connections that the user has to this node.
	Connections uint32
}

// A Usage is the quota of a user on one node and its current load there, for reads or for writes.
type Usage struct {
	Quota     uint32 // records per second that the user's roles allow, 0 for no limit
	TPS       uint32 // commands on single records, per second
	QueryRPS  uint32 // records per second of queries that have a limit of records per second
	Limitless uint32 // number of running queries without such a limit
}
