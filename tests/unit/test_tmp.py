from brender_farm.service.farm import glance
def test_a(core_app): assert glance().nodes_total==0
def test_b(core_app): assert glance().nodes_total==0
def test_c(broker_url): pass
