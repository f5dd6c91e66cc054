module estate.vmware/bench

go 1.23.0

// The release that tests/simulator is built on.
require github.com/vmware/govmomi v0.52.0

require github.com/google/uuid v1.6.0 // indirect
