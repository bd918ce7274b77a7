"""Pages and pictures: templates, device maps, plots."""
