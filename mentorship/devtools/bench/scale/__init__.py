"""An installation of any size, and what its pages cost: `make bench PART="scale 1000 500000 postgresql"`."""
