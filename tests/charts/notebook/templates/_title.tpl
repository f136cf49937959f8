{{ values.owner | required(message="owner: say whose notebook it is") }}'s notebook
