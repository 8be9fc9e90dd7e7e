function main(value)
  if value == nil then return m.getvar("ARGS.q", "lowercase") end
  if value:match("^%u") then return "capital" end
  return nil
end
